import { expect, it } from "vitest";
import { staysOf } from "./stays";

const row = (stage: string, day: string | null, count: number, sum: number) => ({
  stage,
  "stage_entered_at:day": day,
  count,
  sum_amount: String(sum),
});

it("counts, sums and takes the median stay of each stage", () => {
  const stays = staysOf(
    [
      row("lead", "2026-11-23", 2, 100),
      row("lead", "2026-11-20", 3, 50),
      row("lead", "2026-11-01", 1, 7),
      row("won", "2026-01-01", 1, 9),
    ],
    "stage",
    "2026-11-25",
  );
  expect(stays.stages.get("lead")).toEqual({
    count: 6,
    sum: 157,
    weighted: 0,
    median: 5,
    staleCount: 1,
    staleSum: 7,
  });
  expect([stays.stale("lead", 8), stays.stale("lead", 9)]).toEqual([false, true]);
});

it("gives no median under five records, and then calls nothing stale", () => {
  const stays = staysOf([row("won", "2026-01-01", 4, 9), row("won", null, 3, 0)], "stage", "2026-11-25");
  expect(stays.stages.get("won")?.median).toBeNull();
  expect(stays.stale("won", 300)).toBe(false);
});
