/** What the board decides, without React: order of cards, where the keyboard goes next, sums of the whole. */

import type { Stay } from "@/features/records/stays";
import type { FieldDef, ObjectDef, OptionDef } from "@/shared/api/types";

export const SORTS = ["stay", "amount", "close", "recent"] as const;
export type Sort = (typeof SORTS)[number];

const ORDER: Record<Sort, string> = {
  stay: "stage_entered_at",
  amount: "-amount",
  close: "close_date",
  recent: "-modified_at",
};

/** The sort of the list call; what the object has no field for falls back to the last change. */
export function sortOf(object: ObjectDef, wanted: string | undefined): { key: Sort; sort: string } {
  const has = (sort: string) => object.fields.some((field) => field.key === sort.replace("-", ""));
  const key = SORTS.find((one) => one === wanted) ?? "stay";
  return has(ORDER[key]) ? { key, sort: ORDER[key] } : { key: "recent", sort: ORDER.recent };
}

/** The cards of a column: those of its stage; of closed stages only this quarter's, where the moment of closing is kept. */
export function columnFilter(object: ObjectDef, stageField: FieldDef, stage: OptionDef): unknown {
  const here = { field: stageField.key, op: "eq", value: stage.key };
  const dated = object.fields.some((field) => field.key === "closed_at" && field.level !== "masked");
  if ((stage.kind ?? "open") === "open" || !dated) return here;
  return { all: [here, { field: "closed_at", op: "in_period", value: { period: "this_quarter" } }] };
}

export interface Sums {
  count: number;
  sum: number;
  weighted: number;
  staleCount: number;
  staleSum: number;
}

/** What stands in the open stages together. */
export function openSums(stages: OptionDef[], stays: Map<string, Stay>): Sums {
  const total: Sums = { count: 0, sum: 0, weighted: 0, staleCount: 0, staleSum: 0 };
  for (const stage of stages) {
    const stay = (stage.kind ?? "open") === "open" ? stays.get(stage.key) : undefined;
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
