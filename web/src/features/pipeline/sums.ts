/** Counts, sums and what has stayed too long, from counts by column and day of entering; all rows, not the page. */

import type { Row } from "@/shared/api/queries";
import { daysBetween } from "@/shared/format/format";
import type { Sums } from "./model";

export interface ColumnSums extends Sums {
  /** Usual days of staying: of visits that have ended, else of what stands here now; null when too few. */
  median: number | null;
  /** Of how many visits that have ended; 0 when the median is of what stands here now. */
  visits: number;
}

export interface Usual {
  stage: string;
  median_days: number | null;
  visits: number;
}

interface Names {
  group: string;
  sum?: string;
  weighted?: string;
}

const FEWEST = 5;

/** The median days of records standing in a column now, from bars of equal days; null under five records. */
function standing(bars: { days: number; count: number }[]): number | null {
  const total = bars.reduce((sum, bar) => sum + bar.count, 0);
  if (total < FEWEST) return null;
  let passed = 0;
  for (const bar of [...bars].sort((a, b) => a.days - b.days)) {
    passed += bar.count;
    if (passed * 2 >= total) return bar.days;
  }
  return null;
}

/** Whether so many days are too long for a column. */
export const isStale = (median: number | null | undefined, days: number, factor: number) =>
  median !== null && median !== undefined && days > Math.max(1, median) * factor;

export function sumsOf(
  rows: Row[],
  names: Names,
  today: string,
  usual: Usual[],
  factorOf: (column: string) => number,
): Map<string, ColumnSums> {
  const bars = new Map<string, { days: number | null; count: number; sum: number; weighted: number }[]>();
  for (const row of rows) {
    const day = row["stage_entered_at:day"] as string | null | undefined;
    const key = String(row[names.group] ?? "");
    const list = bars.get(key) ?? [];
    list.push({
      days: day ? Math.max(0, daysBetween(day, today)) : null,
      count: Number(row.count ?? 0),
      sum: Number(row[`sum_${names.sum}`] ?? 0),
      weighted: Number(row[`sum_${names.weighted}`] ?? 0),
    });
    bars.set(key, list);
  }
  const found = new Map<string, ColumnSums>();
  for (const key of new Set([...bars.keys(), ...usual.map((one) => one.stage)])) {
    const list = bars.get(key) ?? [];
    const dated = list.flatMap((bar) => (bar.days === null ? [] : [{ ...bar, days: bar.days }]));
    const finished = usual.find((one) => one.stage === key);
    const median = finished?.median_days ?? standing(dated);
    const late = dated.filter((bar) => isStale(median, bar.days, factorOf(key)));
    const add = (part: typeof list, what: "count" | "sum" | "weighted") =>
      part.reduce((sum, bar) => sum + bar[what], 0);
    found.set(key, {
      count: add(list, "count"),
      sum: add(list, "sum"),
      weighted: add(list, "weighted"),
      median,
      visits: finished?.median_days != null ? finished.visits : 0,
      staleCount: add(late, "count"),
      staleSum: add(late, "sum"),
    });
  }
  return found;
}
