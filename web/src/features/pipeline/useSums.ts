import { useQuery } from "@tanstack/react-query";
import { both } from "@/features/records/filters";
import { api, query } from "@/shared/api/client";
import { useAggregate, useMe } from "@/shared/api/queries";
import type { FieldDef, ObjectDef, OptionDef } from "@/shared/api/types";
import { todayIn } from "@/shared/format/format";
import { boardOf, columnFilter, fieldOf, kindOf } from "./model";
import { type ColumnSums, isStale, sumsOf, type Usual } from "./sums";

/** How many stand in each column, what they come to, how long they usually stay: two or three questions for a board. */
export function useSums(
  object: ObjectDef,
  group: FieldDef,
  stages: OptionDef[],
  filter: unknown,
  pipeline?: string,
) {
  const zone = useMe().data?.workspace.time_zone ?? "UTC";
  const config = boardOf(object);
  const staged = group.type === "stage";
  const dated = staged && fieldOf(object, "stage_entered_at");
  const usual = useQuery({
    queryKey: ["stays", object.key, pipeline ?? null],
    enabled: staged,
    staleTime: 300_000,
    queryFn: async () =>
      (await api<{ stages: Usual[] }>(`/records/${object.key}/stays${query({ pipeline })}`)).stages,
  });
  const sums = [config.sum, config.weighted].flatMap((field) => (field ? [{ op: "sum", field }] : []));
  const body = (where: unknown) => ({
    filter: where ?? {},
    group_by: [{ field: group.key }, ...(dated ? [{ field: "stage_entered_at", by: "day" }] : [])],
    measures: [{ op: "count" }, ...sums],
  });
  const standing = useAggregate(object.key, body(filter));
  // Of closed columns only what was closed in this quarter, as their cards are.
  const closed = stages.filter((stage) => kindOf(stage) !== "open");
  const ended = closed.map((stage) => columnFilter(object, group, stage));
  const recent = useAggregate(
    object.key,
    { ...body(both(filter, { any: ended })), group_by: [{ field: group.key }] },
    closed.length > 0,
  );
  const names = { group: group.key, sum: config.sum, weighted: config.weighted };
  const today = todayIn(zone);
  // a stage may have a factor of its own; the board's holds for the others
  const factorOf = (stage: string) =>
    group.options?.find((one) => one.key === stage)?.stale_factor || config.stale_factor;
  const open = sumsOf(standing.data?.rows ?? [], names, today, usual.data ?? [], factorOf);
  const done = sumsOf(recent.data?.rows ?? [], names, today, [], factorOf);
  const found = new Map<string, ColumnSums>(open);
  for (const stage of closed) found.delete(stage.key);
  for (const stage of closed) {
    const one = done.get(stage.key);
    if (one) found.set(stage.key, one);
  }
  return {
    sums: found,
    ready: standing.isSuccess,
    stale: (stage: string, days: number | null) =>
      days !== null && isStale(open.get(stage)?.median, days, factorOf(stage)),
  };
}
