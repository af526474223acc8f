import { expect, test } from "vitest";
import { keyFrom } from "./api";
import { cleaned } from "./cleaned";
import { TYPES } from "./fieldTypes";
import { optionKey } from "./OptionsEditor";

test("a key is proposed from the English label, and none from Chinese alone", () => {
  expect(keyFrom("Start day (plan)")).toBe("start_day_plan");
  expect(keyFrom("Émile's budget")).toBe("e_mile_s_budget");
  expect(keyFrom("项目")).toBe("");
  expect(keyFrom("2nd visit")).toBe("");
});

test("an option that is stored keeps its key when it is renamed", () => {
  expect(optionKey({ key: "running", labels: { zh: "推进中", en: "Going on" } }, new Set())).toBe("running");
});

test("new options get keys that no other option has", () => {
  const blank = { key: "", active: true };
  const config = cleaned({
    options: [
      { ...blank, labels: { zh: "是", en: "Yes" } },
      { ...blank, labels: { zh: "对", en: "Yes" } },
      { ...blank, labels: { zh: "甲", en: "" } },
      { ...blank, labels: { zh: " ", en: "" } },
    ],
  });

  expect((config.options as { key: string }[]).map((one) => one.key)).toEqual(["yes", "yes_2", "option"]);
});

test("settings that were left empty are not sent", () => {
  expect(cleaned({ min: undefined, max: null, scale: 0 })).toEqual({ scale: 0 });
});

test("every type is offered once", () => {
  expect(new Set(TYPES.map((one) => one.key)).size).toBe(TYPES.length);
});
