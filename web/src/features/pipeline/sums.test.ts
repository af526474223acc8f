import { describe, expect, it } from "vitest";
import { isStale, sumsOf } from "./sums";

const NAMES = { group: "stage", sum: "worth", weighted: "likely" };
const row = (stage: string, day: string | null, count: number, worth = 0) => ({
  stage,
  "stage_entered_at:day": day,
  count,
  sum_worth: String(worth),
  sum_likely: null,
});

describe("the sums of a column", () => {
  const rows = [row("lead", "2026-11-20", 3, 10), row("lead", "2026-10-01", 2, 5), row("won", null, 1, 7)];
  it("are over all rows, whenever they came", () => {
    const found = sumsOf(rows, NAMES, "2026-11-24", [], () => 1.6);
    expect(found.get("lead")).toMatchObject({ count: 5, sum: 15, weighted: 0, median: 4, visits: 0 });
    expect(found.get("won")).toMatchObject({ count: 1, sum: 7, median: null });
  });
  it("measure staying too long by visits that have ended, where there are enough of them", () => {
    const usual = [{ stage: "lead", median_days: 40, visits: 12 }];
    expect(sumsOf(rows, NAMES, "2026-11-24", usual, () => 1.6).get("lead")).toMatchObject({
      median: 40,
      visits: 12,
      staleCount: 0,
    });
    expect(sumsOf(rows, NAMES, "2026-11-24", usual, () => 1.2).get("lead")).toMatchObject({
      staleCount: 2,
      staleSum: 5,
    });
    const few = [{ stage: "lead", median_days: null, visits: 2 }];
    expect(sumsOf(rows, NAMES, "2026-11-24", few, () => 1.6).get("lead")).toMatchObject({
      median: 4,
      staleCount: 2,
    });
  });
  it("know a column in which nothing stands", () => {
    const found = sumsOf([], NAMES, "2026-11-24", [{ stage: "lead", median_days: 3, visits: 9 }], () => 1.6);
    expect(found.get("lead")).toMatchObject({ count: 0, median: 3 });
  });
});

it("calls nothing stale on its first day, nor where no usual stay is known", () => {
  expect(isStale(0.2, 1, 1.6)).toBe(false);
  expect(isStale(0.2, 2, 1.6)).toBe(true);
  expect(isStale(null, 400, 1.6)).toBe(false);
});
