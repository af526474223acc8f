import { useAggregate, useMe } from "@/shared/api/queries";
import type { ObjectDef } from "@/shared/api/types";
import { todayIn } from "@/shared/format/format";
import { type Stays, staysOf } from "./stays";

const NONE: Stays = { stages: new Map(), stale: () => false };

/** How many stand in each stage, what they come to, and how long they have been there. */
export function useStays(object: ObjectDef, filter: unknown, enabled = true): Stays & { ready: boolean } {
  const me = useMe();
  const has = (key: string) =>
    object.fields.some((field) => field.key === key && field.level !== "masked" && field.level !== "hidden");
  const stage = object.fields.find((field) => field.type === "stage");
  const entered = has("stage_entered_at");
  const measures = [
    { op: "count" },
    ...(has("amount") ? [{ op: "sum", field: "amount" }] : []),
    ...(has("weighted_amount") ? [{ op: "sum", field: "weighted_amount" }] : []),
  ];
  const found = useAggregate(
    object.key,
    {
      filter: filter ?? {},
      group_by: [{ field: stage?.key }, ...(entered ? [{ field: "stage_entered_at", by: "day" }] : [])],
      measures,
    },
    enabled && stage !== undefined,
  );
  if (!found.data || !stage) return { ...NONE, ready: false };
  return {
    ...staysOf(found.data.rows, stage.key, todayIn(me.data?.workspace.time_zone ?? "UTC")),
    ready: true,
  };
}
