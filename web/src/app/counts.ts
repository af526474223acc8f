import { useQueries } from "@tanstack/react-query";
import { api } from "@/shared/api/client";
import type { Row } from "@/shared/api/queries";
import type { ObjectDef } from "@/shared/api/types";

export interface Count {
  value: number;
  /** Waits for this person and is late: the only thing that is red in the sidebar. */
  late: boolean;
}

const mine = { field: "assignee", op: "eq", value: { who: "me" } };
const open = { field: "status", op: "in", value: ["open", "in_progress"] };
const overdue = { field: "due_at", op: "lt", value: { relative: "now", offset: 0, unit: "day" } };
/** What is counted beside a place: one count each, of records that wait. */
const WAITING: Record<string, { fields: string[]; filter: unknown; late: boolean }> = {
  lead: { fields: ["status"], filter: { field: "status", op: "eq", value: "new" }, late: false },
  task: { fields: ["assignee", "status", "due_at"], filter: { all: [mine, open, overdue] }, late: true },
};

/** Counts by object key, refreshed once a minute. */
export function useCounts(objects: ObjectDef[]): Record<string, Count> {
  const asked = objects.filter((object) =>
    WAITING[object.key]?.fields.every((key) => object.fields.some((field) => field.key === key)),
  );
  const answers = useQueries({
    queries: asked.map((object) => ({
      queryKey: ["aggregate", object.key, "waiting"],
      queryFn: () =>
        api<{ rows: Row[] }>(`/records/${object.key}/aggregate`, {
          body: { filter: WAITING[object.key]?.filter, measures: [{ op: "count" }] },
        }),
      staleTime: 30_000,
      refetchInterval: 60_000,
      retry: false,
    })),
  });
  const found: Record<string, Count> = {};
  for (const [place, object] of asked.entries()) {
    const value = Number(answers[place]?.data?.rows[0]?.count ?? 0);
    if (value > 0) found[object.key] = { value, late: WAITING[object.key]?.late ?? false };
  }
  return found;
}
