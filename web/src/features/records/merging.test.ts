import { describe, expect, it } from "vitest";
import type { RecordData } from "@/shared/api/types";
import { field, object } from "@/shared/testing";
import { differing, fullest, mergeBody, usual } from "./merging";

const account = object("account", [
  field("name"),
  field("phone"),
  field("city"),
  field("tags", "tags"),
  field("stage", "stage"),
  field("total", "roll_up", { computed: true }),
  field("cost", "money", { level: "read" }),
]);
const record = (id: string, more: object): RecordData => ({ id, version: 1, ...more });
const one = record("1", {
  name: "Acme",
  phone: null,
  city: "X",
  tags: ["a"],
  stage: "lead",
  total: 1,
  cost: "1",
});
const two = record("2", {
  name: "Beta",
  phone: "1",
  city: "X",
  tags: ["b"],
  stage: "won",
  total: 2,
  cost: "2",
});
const by = (key: string) => account.fields.find((one) => one.key === key) ?? field(key);

describe("merging two records", () => {
  it("asks only about fields that differ and may be decided", () => {
    expect(differing(account, [one, two]).map((one) => one.key)).toEqual(["name", "phone", "tags", "stage"]);
  });
  it("begins with the survivor's values, fills gaps, joins lists and leaves the stage", () => {
    expect(["name", "phone", "tags", "stage"].map((key) => usual(by(key), [two, one], "1"))).toEqual([
      "1",
      "2",
      "all",
      "1",
    ]);
  });
  it("offers the fuller record as the one that stays", () => {
    expect(fullest(account, [one, two])).toBe("2");
    expect(
      fullest(account, [
        record("1", { name: "A", created_at: "2" }),
        record("2", { name: "B", created_at: "1" }),
      ]),
    ).toBe("2");
  });
  it("sends every version it saw, and what was chosen over what is usual", () => {
    expect(mergeBody([by("name"), by("phone")], [one, two], "1", { name: "2" })).toEqual({
      others: ["2"],
      versions: { 1: 1, 2: 1 },
      values: { name: "2", phone: "2" },
    });
  });
});
