import { describe, expect, it } from "vitest";
import { type Loaded, PAGE, pagesOf, runAround, wayTo } from "./rows";

const page = (n: number, next: string | null = "c"): Loaded => ({
  records: Array.from({ length: PAGE }, (_, at) => ({ id: `${n * PAGE + at}`, version: 1 })),
  next,
});

describe("pages of a list", () => {
  it("asks for the pages in sight only, wherever that is", () => {
    expect(pagesOf(0, 20, 200_000)).toEqual([0]);
    expect(pagesOf(100_000, 100_020, 200_000)).toEqual([1000]);
    expect(pagesOf(199_990, 199_999, 200_000)).toEqual([1999]);
  });
  it("asks for the next page before its rows are reached", () => {
    expect(pagesOf(60, 80, 500)).toEqual([0, 1]);
    expect(pagesOf(60, 80, 90)).toEqual([0]);
  });
  it("goes on by cursor from a page that is there and by place otherwise", () => {
    expect(wayTo(0, undefined)).toEqual({});
    expect(wayTo(3, page(2))).toEqual({ cursor: "c" });
    expect(wayTo(1000, undefined)).toEqual({ offset: 100_000 });
    expect(wayTo(3, page(2, null))).toEqual({ offset: 300 });
  });
  it("knows the unbroken run of rows around a place", () => {
    const known = new Map([0, 4, 5].map((n) => [n, page(n)]));
    const run = runAround(550, (n) => known.get(n));
    expect([run.from, run.rows.length, run.rows[0]?.id]).toEqual([400, 200, "400"]);
    expect(runAround(200, (n) => known.get(n)).rows).toEqual([]);
  });
});
