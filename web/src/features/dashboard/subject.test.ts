import { expect, test } from "vitest";
import type { FieldDef, ObjectDef } from "@/shared/api/types";
import { scaled, scaleOf } from "./scale";
import { conditions, monthsBetween, nextMonth, periodOf, subjectOf } from "./subject";

const field = (key: string, type: string, more: Partial<FieldDef> = {}): FieldDef => ({
  key,
  type,
  kind: null,
  labels: { zh: key, en: key },
  required: false,
  default: null,
  section: null,
  on_form: true,
  computed: false,
  system: false,
  level: "write",
  config: {},
  ...more,
});
const stages = field("step", "stage", {
  options: [
    { key: "start", labels: { zh: "开始", en: "Start" }, kind: "open" },
    { key: "done", labels: { zh: "完成", en: "Done" }, kind: "won" },
    { key: "gone", labels: { zh: "失败", en: "Gone" }, kind: "lost" },
  ],
});
const object = (key: string, fields: FieldDef[]): ObjectDef => ({
  key,
  labels: { zh: key, en: key },
  plural: { zh: key, en: key },
  icon: null,
  name_field: "name",
  kind: "object",
  parent: null,
  config: {},
  fields,
});

test("the dashboard finds an object with stages whatever it is called, with its money and its date", () => {
  const found = subjectOf([
    object("customer", [field("name", "text")]),
    object("order", [stages, field("worth", "money"), field("due", "date")]),
  ]);

  expect(found?.object.key).toBe("order");
  expect([found?.money?.key, found?.closesOn?.key, found?.closedAt?.key]).toEqual(["worth", "due", "due"]);
});

test("money that the reader sees only masked is left out, and without stages there is no dashboard", () => {
  const masked = subjectOf([object("order", [stages, field("worth", "money", { level: "masked" })])]);

  expect(masked?.money).toBeUndefined();
  expect(subjectOf([object("customer", [field("name", "text")])])).toBeUndefined();
});

test("a number and its link ask for the same records", () => {
  const subject = subjectOf([object("order", [stages, field("closed_at", "datetime")])]);
  if (!subject) throw new Error("no subject");
  const ask = conditions(subject);

  expect(ask.won("this_quarter")).toEqual({
    all: [
      { field: "step", op: "in", value: ["done"] },
      { field: "closed_at", op: "in_period", value: { period: "this_quarter" } },
    ],
  });
  expect(ask.won("all").all).toHaveLength(1);
  expect(ask.closed("all").all[0]?.value).toEqual(["done", "gone"]);
});

test("months run without a gap over the turn of the year", () => {
  expect(nextMonth("2026-12")).toBe("2027-01");
  expect(monthsBetween("2026-11", "2027-02")).toEqual(["2026-11", "2026-12", "2027-01", "2027-02"]);
});

test("an unknown period in the address falls back to this year", () => {
  expect(periodOf("this_month")).toBe("this_month");
  expect(periodOf("for_ever")).toBe("this_year");
});

test("one unit for a chart, by its largest value", () => {
  const wan = scaleOf([120_000, 4_280_000], "zh-CN", "CNY", "单");
  expect([wan.unit, scaled(4_280_000, wan)]).toEqual(["万元", "428.0"]);
  const million = scaleOf([12_900_000], "en", "CNY", "deals");
  expect([million.unit, scaled(12_900_000, million)]).toEqual(["¥M", "12.9"]);
  expect(scaleOf([3, 5], "zh-CN", "", "单").unit).toBe("单");
});
