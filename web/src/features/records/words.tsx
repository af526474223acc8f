import { useQueries } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { api, query } from "@/shared/api/client";
import { useMe, useObjects, useUsers } from "@/shared/api/queries";
import type { ObjectDef, RecordData } from "@/shared/api/types";
import {
  type Fields,
  fieldsOf,
  type Leaf,
  type LeafWords,
  leafWords,
  type NameOf,
  type Part,
  words,
} from "@/shared/conditions";
import { inside } from "@/shared/format/format";
import { allLeaves, conditionOf } from "./filters";

const PEOPLE = ["user", "users"];

/** Names of the records that a filter points at: the filter itself keeps only their ids. */
function useNames(leaves: Leaf[], fields: Fields): Map<string, string> {
  const objects = useObjects();
  const wanted = new Map<string, string[]>();
  for (const leaf of leaves) {
    const target = fields(leaf.field.split("."))?.target;
    if (!target) continue;
    const ids = [leaf.value].flat().filter((one): one is string => typeof one === "string");
    wanted.set(target, [...(wanted.get(target) ?? []), ...ids]);
  }
  const asked = [...wanted].filter(([, ids]) => ids.length > 0);
  return useQueries({
    queries: asked.map(([target, ids]) => {
      const name = objects.data?.find((one) => one.key === target)?.name_field;
      return {
        queryKey: ["names", target, ids],
        enabled: Boolean(name),
        staleTime: 60_000,
        queryFn: async () => {
          const filter = { field: "id", op: "in", value: ids };
          const path = `/records/${target}${query({ filter, fields: name, limit: 200 })}` as const;
          const found = await api<{ records: RecordData[] }>(path);
          return found.records.map((one) => [one.id, String(one[name ?? ""] ?? "")] as const);
        },
      };
    }),
    combine: (results) => new Map(results.flatMap((one) => one.data ?? [])),
  });
}

/** A filter in words: single conditions in their three pieces, and the whole of it as a sentence. */
export function useWords(object: ObjectDef, filter: unknown) {
  const { i18n } = useTranslation();
  const locale = i18n.language;
  const zone = useMe().data?.workspace.time_zone;
  const users = useUsers();
  const objects = useObjects();
  const fields = fieldsOf(object, objects.data);
  const names = useNames(allLeaves(conditionOf(filter)), fields);
  const nameOf: NameOf = (leaf, id) => {
    const shape = fields(leaf.field.split("."));
    if (shape && PEOPLE.includes(shape.kind)) return users.data?.find((one) => one.id === id)?.name ?? "…";
    return shape?.target ? (names.get(id) ?? "…") : undefined;
  };
  // In the sentence the labels stand inside it; on a chip they stand alone.
  const within: Fields = (path) => {
    const shape = fields(path);
    return shape && { ...shape, labels: { ...shape.labels, en: inside(shape.labels.en, "en") } };
  };
  return {
    words: (leaf: Leaf): LeafWords => leafWords(leaf, fields, locale, nameOf, zone),
    sentence: (tree: unknown): Part[] => words(conditionOf(tree), within, locale, nameOf, zone),
    nameOf,
  };
}
