import { expect, test } from "vitest";
import { field, object } from "@/shared/testing";
import type { Designed } from "./api";
import {
  applyDraft,
  lacking,
  newName,
  type Operation,
  pushed,
  redone,
  type Steps,
  stepCount,
  undone,
} from "./draft";
import { moveSection, put, step, takeOut, withoutSection, withSection } from "./places";

const section = (key: string, ...fields: string[]) => ({
  key,
  labels: { zh: key, en: key },
  columns: 2 as const,
  collapsed: false,
  fields,
});
const deal: Designed = {
  ...object("deal", [field("name"), field("amount", "money"), field("stage", "stage")]),
  layout: {
    version: 1,
    set: true,
    off: [],
    sections: [section("top", "name", "amount"), section("more", "stage")],
  },
  retired_fields: [{ key: "old", type: "text", labels: { zh: "旧", en: "Old" } }],
};
const empty: Steps = { operations: [], position: 0 };
const places = (sections: { key: string; fields: string[] }[]) => sections.map((one) => one.fields.join(" "));

test("a drafted object is the object with the steps carried out", () => {
  const steps: Operation[] = [
    { op: "add", name: "~1", field: { type: "select", labels: { zh: "级", en: "Grade" }, options: [] } },
    { op: "change", field: "amount", changes: { required: true, min: 5 } },
    { op: "retire", field: "stage" },
    { op: "restore", field: "old" },
    { op: "layout", sections: [section("top", "name", "~1", "amount"), section("more", "stage")] },
  ];

  const drafted = applyDraft(deal, steps);

  expect(drafted.fields.map((one) => [one.key, one.mark])).toEqual([
    ["name", undefined],
    ["amount", "changed"],
    ["~1", "new"],
    ["old", "back"],
  ]);
  expect(drafted.fields[1]).toMatchObject({ required: true, config: { min: 5 } });
  expect(places(drafted.sections)).toEqual(["name ~1 amount", ""]);
  expect(drafted.unplaced.map((one) => one.key)).toEqual(["old"]);
  expect(drafted.retired).toMatchObject([{ key: "stage", mark: true }]);
});

test("a field that is retired and brought back in the draft is as it was", () => {
  const drafted = applyDraft(deal, [
    { op: "retire", field: "amount" },
    { op: "restore", field: "amount" },
  ]);

  expect(drafted.fields.find((one) => one.key === "amount")?.mark).toBeUndefined();
  expect(drafted.retired.map((one) => one.key)).toEqual(["old"]);
});

test("steps made together are undone together, and done again", () => {
  const first = pushed(empty, [{ op: "change", field: "name", changes: { required: true } }]);
  const both = pushed(first, [
    { op: "add", name: "~1", field: { type: "text" } },
    { op: "layout", sections: [] },
  ]);

  expect(stepCount(both)).toBe(2);
  expect(undone(both)).toBe(1);
  expect(redone({ ...both, position: 1 })).toBe(3);
  expect(undone({ ...both, position: 1 })).toBe(0);
});

test("typing a name is one step; another setting is another", () => {
  let steps = pushed(empty, [{ op: "change", field: "name", changes: { labels: "a" } }]);
  steps = pushed(steps, [{ op: "change", field: "name", changes: { labels: "ab" } }]);
  expect(steps.operations).toMatchObject([{ changes: { labels: "ab" } }]);

  steps = pushed(steps, [{ op: "change", field: "name", changes: { required: true } }]);
  steps = pushed(steps, [{ op: "change", field: "amount", changes: { required: true } }]);
  expect(stepCount(steps)).toBe(3);
});

test("a new step forgets what was undone", () => {
  const steps = pushed(empty, [{ op: "retire", field: "name" }]);

  const after = pushed({ ...steps, position: 0 }, [{ op: "retire", field: "amount" }]);

  expect(after.operations).toMatchObject([{ field: "amount" }]);
});

test("new fields get names of their own, and say what they still need", () => {
  expect(newName([])).toBe("~1");
  expect(newName([{ op: "add", name: "~3", field: {} }])).toBe("~4");
  expect(lacking(field("x", "relation"))).toEqual(["target"]);
  expect(lacking(field("x", "relation", { target: "deal" }))).toEqual([]);
});

test("fields move within a section and over its edge", () => {
  const two = [section("a", "x", "y", "z"), section("b", "q")];

  expect(places(put(two, "x", { section: "a", index: 2 }))).toEqual(["y x z", "q"]);
  expect(places(put(two, "z", { section: "a", index: 0 }))).toEqual(["z x y", "q"]);
  expect(places(put(two, "x", { section: "b", index: 1 }))).toEqual(["y z", "q x"]);
  expect(places(step(two, "x", 1))).toEqual(["y x z", "q"]);
  expect(places(step(two, "z", 1))).toEqual(["x y", "z q"]);
  expect(places(step(two, "q", -1))).toEqual(["x y z q", ""]);
  expect(step(two, "x", -1)).toEqual(two);
  expect(places(takeOut(two, "y"))).toEqual(["x z", "q"]);
});

test("sections move, come and go without losing a field", () => {
  const three = [section("a", "x"), section("b", "y"), section("c", "z")];

  expect(moveSection(three, "a", 2).map((one) => one.key)).toEqual(["b", "a", "c"]);
  expect(moveSection(three, "c", 0).map((one) => one.key)).toEqual(["c", "a", "b"]);
  expect(places(withoutSection(three, "b"))).toEqual(["x y", "z"]);
  expect(places(withoutSection(three, "a"))).toEqual(["y x", "z"]);
  expect(withSection(three, { zh: "新", en: "New" }).at(-1)).toMatchObject({ key: "section_4", fields: [] });
});
