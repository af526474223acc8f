import { describe, expect, it } from "vitest";
import type { ObjectDef, View } from "@/shared/api/types";
import { stateOf } from "./listState";

const deal = {
  key: "opportunity",
  name_field: "name",
  config: { list: ["name", "amount"] },
  fields: ["name", "amount", "stage"].map((key) => ({ key, on_form: true })),
} as unknown as ObjectDef;
const view = (id: string, more: Partial<View> = {}): View => ({
  id,
  key: null,
  labels: { zh: id, en: id },
  own: true,
  default: false,
  filter: { all: [{ field: "stage", op: "eq", value: "lead" }] },
  sort: "amount",
  ...more,
});
const views = [
  view("mine"),
  view("open", { default: true, settings: { columns: ["stage"], density: "tall" } }),
];

describe("what a list shows", () => {
  it("begins with the default view and its columns", () => {
    const state = stateOf(deal, {}, views);
    expect([state.view?.id, state.sort, state.columns, state.density, state.changed]).toEqual([
      "open",
      "amount",
      ["name", "stage"],
      "tall",
      false,
    ]);
  });

  it("follows the address over the view, and says so", () => {
    const state = stateOf(deal, { view: "mine", filter: {}, sort: "-amount" }, views);
    expect([state.view?.id, state.filter, state.sort, state.changed]).toEqual(["mine", {}, "-amount", true]);
  });

  it("is unchanged again when the address says what the view says", () => {
    expect(stateOf(deal, { view: "mine", sort: "amount", filter: views[0]?.filter }, views).changed).toBe(
      false,
    );
  });

  it("shows everything under the tab of all records", () => {
    const state = stateOf(deal, { view: "all" }, views);
    expect([state.view, state.filter, state.changed]).toEqual([undefined, undefined, false]);
  });

  it("ignores a density it does not know", () => {
    expect(stateOf(deal, { density: "huge" }, views).density).toBe("normal");
  });
});
