import type { Row } from "@/shared/api/queries";
import { daysBetween } from "@/shared/format/format";

export interface Stay {
  count: number;
  sum: number;
  weighted: number;
  /** Median days since entering, of those standing here now; null under five records. */
  median: number | null;
  staleCount: number;
  staleSum: number;
}

export interface Stays {
  stages: Map<string, Stay>;
  stale: (stage: string, days: number) => boolean;
}

/** A record stays too long over 1.6 times the median of its stage. */
export const STALE = 1.6;
const FEWEST = 5;

function median(bars: { days: number; count: number }[]): number | null {
  const total = bars.reduce((sum, bar) => sum + bar.count, 0);
  if (total < FEWEST) return null;
  const sorted = [...bars].sort((a, b) => a.days - b.days);
  let passed = 0;
  for (const bar of sorted) {
    passed += bar.count;
    if (passed * 2 >= total) return bar.days;
  }
  return null;
}

/** Counts, sums and medians of each stage from counts by stage and day of entering. */
export function staysOf(rows: Row[], stageKey: string, today: string): Stays {
  const bars = new Map<
    string,
    { days: number; count: number; sum: number; weighted: number; dated: boolean }[]
  >();
  for (const row of rows) {
    const day = row["stage_entered_at:day"] as string | null | undefined;
    const key = String(row[stageKey] ?? "");
    const list = bars.get(key) ?? [];
    list.push({
      days: day ? Math.max(0, daysBetween(day, today)) : 0,
      dated: Boolean(day),
      count: Number(row.count ?? 0),
      sum: Number(row.sum_amount ?? 0),
      weighted: Number(row.sum_weighted_amount ?? 0),
    });
    bars.set(key, list);
  }
  const stages = new Map<string, Stay>();
  for (const [key, list] of bars) {
    const middle = median(list.filter((bar) => bar.dated));
    const late = list.filter((bar) => bar.dated && middle !== null && bar.days > middle * STALE);
    stages.set(key, {
      count: list.reduce((sum, bar) => sum + bar.count, 0),
      sum: list.reduce((sum, bar) => sum + bar.sum, 0),
      weighted: list.reduce((sum, bar) => sum + bar.weighted, 0),
      median: middle,
      staleCount: late.reduce((sum, bar) => sum + bar.count, 0),
      staleSum: late.reduce((sum, bar) => sum + bar.sum, 0),
    });
  }
  return {
    stages,
    stale: (stage, days) => {
      const middle = stages.get(stage)?.median;
      return middle !== null && middle !== undefined && days > middle * STALE;
    },
  };
}
