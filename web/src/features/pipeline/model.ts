/** What the board decides, without React: its columns, order of cards, where the keyboard goes next, sums of the whole. */

import type { FieldDef, ObjectDef, OptionDef } from "@/shared/api/types";

export const SORTS = ["stay", "amount", "close", "recent"] as const;
export type Sort = (typeof SORTS)[number];

/** What an object's configuration says of its board: `group` where it has no stages, figures to add up, what is due. */
export interface BoardConfig {
  group?: string;
  sum?: string;
  weighted?: string;
  due?: string;
  stale_factor?: number;
}

const readable = (field: FieldDef | undefined) =>
  field && field.level !== "masked" && field.level !== "hidden" ? field : undefined;
export const fieldOf = (object: ObjectDef, key: string | undefined) =>
  readable(object.fields.find((field) => field.key === key));

/** What the configuration of an object says of its board; without a word of it, the first amount of money is added up. */
export function boardOf(object: ObjectDef): Required<Pick<BoardConfig, "stale_factor">> & BoardConfig {
  const given = ((object.config as Record<string, unknown>).board ?? {}) as BoardConfig;
  const money = object.fields.find((field) => field.type === "money" && readable(field));
  const factor = Number(given.stale_factor);
  const known = (key: string | undefined) => fieldOf(object, key)?.key;
  return {
    group: known(given.group),
    sum: known(given.sum) ?? (given.sum ? undefined : money?.key),
    weighted: known(given.weighted),
    due: known(given.due),
    stale_factor: factor > 0 ? factor : 1.6,
  };
}

/** The fields that a board may stand by: the stage first, then choices of one. */
export function groupsOf(object: ObjectDef): FieldDef[] {
  const found = object.fields.filter((field) => readable(field) && !field.computed);
  const stage = found.filter((field) => field.type === "stage");
  const rest = found.filter((field) => field.type === "select" && (field.options ?? []).length > 1);
  return [...stage, ...rest];
}

/** The field whose values are the columns: what the address says, else the configuration, else the stage. */
export function groupOf(object: ObjectDef, wanted?: string): FieldDef | undefined {
  const groups = groupsOf(object);
  const by = (key?: string) => groups.find((field) => field.key === key);
  return (
    by(wanted) ?? groups.find((field) => field.type === "stage") ?? by(boardOf(object).group) ?? groups[0]
  );
}

/** Whether a board is worth a switch of its own: there are stages, or the configuration names what stands for them. */
export const hasBoard = (object: ObjectDef) =>
  object.fields.some((field) => field.type === "stage") || boardOf(object).group !== undefined;

/** The sort of the list call; what the object has no field for falls back to the last change. */
export function sortOf(object: ObjectDef, wanted: string | undefined): { key: Sort; sort: string } {
  const config = boardOf(object);
  const order: Record<Sort, string | undefined> = {
    stay: fieldOf(object, "stage_entered_at")?.key,
    amount: config.sum && `-${config.sum}`,
    close: config.due,
    recent: "-modified_at",
  };
  const key = SORTS.find((one) => one === wanted) ?? "stay";
  return order[key] ? { key, sort: order[key] } : { key: "recent", sort: "-modified_at" };
}

/** The sorts that this object has a field for. */
export const sortsOf = (object: ObjectDef): Sort[] => SORTS.filter((one) => sortOf(object, one).key === one);

/** Values under which a record is settled, so that nothing of it is late: as its date in the calendar says. */
export function settledOf(object: ObjectDef, group: FieldDef): string[] {
  const given = (object.config as { calendar?: { field?: string; done?: Record<string, unknown> }[] })
    .calendar;
  const due = boardOf(object).due;
  const done = Array.isArray(given) ? given.find((one) => one.field === due)?.done : undefined;
  return done?.field === group.key ? [done.value].flat().map(String) : [];
}

export const kindOf = (stage: OptionDef) => stage.kind ?? "open";

/** The cards of a column: those of its value; of closed stages only this quarter's, where the moment of closing is kept. */
export function columnFilter(object: ObjectDef, group: FieldDef, stage: OptionDef): unknown {
  const here = stage.key
    ? { field: group.key, op: "eq", value: stage.key }
    : { field: group.key, op: "empty" };
  const dated = object.fields.some((field) => field.key === "closed_at" && field.level !== "masked");
  if (kindOf(stage) === "open" || !dated) return here;
  return { all: [here, { field: "closed_at", op: "in_period", value: { period: "this_quarter" } }] };
}

export interface Sums {
  count: number;
  sum: number;
  weighted: number;
  staleCount: number;
  staleSum: number;
}

/** What stands in the open columns together. */
export function openSums(stages: OptionDef[], stays: Map<string, Sums>): Sums {
  const total: Sums = { count: 0, sum: 0, weighted: 0, staleCount: 0, staleSum: 0 };
  for (const stage of stages) {
    const stay = kindOf(stage) === "open" ? stays.get(stage.key) : undefined;
    if (!stay) continue;
    total.count += stay.count;
    total.sum += stay.sum;
    total.weighted += stay.weighted;
    total.staleCount += stay.staleCount;
    total.staleSum += stay.staleSum;
  }
  return total;
}

interface Box {
  id: string;
  left: number;
  top: number;
  width: number;
}

/** Where a card carried by the keyboard goes: over the column to the left or right of the one it is over. */
export function stepTo(
  columns: Box[],
  here: string | undefined,
  direction: "left" | "right",
): Box | undefined {
  const sorted = [...columns].sort((a, b) => a.left - b.left);
  const at = sorted.findIndex((one) => one.id === here);
  return sorted[direction === "right" ? at + 1 : at - 1];
}

/** The card that the focus goes to from one card by an arrow key, columns and cards counted from the top left. */
export function focusFrom(
  counts: number[],
  [column, card]: [number, number],
  key: string,
): [number, number] | undefined {
  const move = { ArrowUp: [0, -1], ArrowDown: [0, 1], ArrowLeft: [-1, 0], ArrowRight: [1, 0] }[key];
  if (!move) return undefined;
  const [across = 0, down = 0] = move;
  if (down) {
    const next = card + down;
    return next >= 0 && next < (counts[column] ?? 0) ? [column, next] : undefined;
  }
  for (let next = column + across; next >= 0 && next < counts.length; next += across) {
    const count = counts[next] ?? 0;
    if (count > 0) return [next, Math.min(card, count - 1)];
  }
  return undefined;
}
