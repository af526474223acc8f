import { describe, expect, it } from "vitest";
import { filterOf, leavesOf } from "./filters";

describe("chips and condition trees", () => {
  it("reads a flat tree and writes it back", () => {
    const leaves = [{ field: "stage", op: "in", value: ["won"] }];
    expect(leavesOf({ all: leaves })).toEqual(leaves);
    expect(filterOf(leaves)).toEqual({ all: leaves });
  });
  it("leaves nested trees alone", () => {
    expect(leavesOf({ any: [{ field: "a", op: "eq", value: 1 }] })).toBeNull();
    expect(leavesOf({ all: [{ not: {} }] })).toBeNull();
  });
  it("knows an empty filter", () => {
    expect(leavesOf({})).toEqual([]);
    expect(filterOf([])).toBeUndefined();
  });
});
