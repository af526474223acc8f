/** Which records may go along when a record is handed to somebody else. Without React. */
import type { ObjectDef } from "@/shared/api/types";

export interface Follower {
  object: ObjectDef;
  field: string;
  filter: unknown;
}

/** Records that are still open: by their stages, else by what the object says; undefined where nothing tells. */
export function openOf(object: ObjectDef): unknown {
  const stage = object.fields.find((field) => field.type === "stage");
  const closed = stage?.options?.filter((one) => one.kind && one.kind !== "open").map((one) => one.key) ?? [];
  if (stage && closed.length) return { field: stage.key, op: "not_in", value: closed };
  return object.config.open;
}

/** Objects whose open records point here: each once, by the relation that stands first. */
export function followersOf(objects: ObjectDef[], key: string): Follower[] {
  return objects.flatMap((object) => {
    const filter = object.kind === "object" && object.key !== key ? openOf(object) : undefined;
    if (!filter || !object.fields.some((field) => field.key === "owner")) return [];
    const field = object.fields.find(
      (one) =>
        one.level !== "masked" &&
        ((one.type === "relation" && one.target === key) ||
          (one.type === "relation_any" &&
            (!one.config.objects || (one.config.objects as string[]).includes(key)))),
    );
    return field ? [{ object, field: field.key, filter }] : [];
  });
}
