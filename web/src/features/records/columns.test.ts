import { expect, it } from "vitest";
import type { FieldDef, RecordData } from "@/shared/api/types";
import { lateBy, leastWidth } from "./columns";

const field = (key: string, type: string, more: Partial<FieldDef> = {}) =>
  ({ key, type, config: {}, ...more }) as unknown as FieldDef;
const stage = field("stage", "stage", {
  options: [
    { key: "lead", labels: { zh: "", en: "" }, kind: "open" },
    { key: "won", labels: { zh: "", en: "" }, kind: "won" },
  ],
});
const close = field("close_date", "date");
const record = (more: object) => ({ id: "1", version: 1, ...more }) as RecordData;

it("calls a passed close date late while the deal is open, and never when it is closed", () => {
  const today = "2026-11-25";
  expect(lateBy([stage, close], close, record({ stage: "lead", close_date: "2026-11-20" }), today)).toBe(5);
  expect(lateBy([stage, close], close, record({ stage: "won", close_date: "2026-11-20" }), today)).toBeNull();
  expect(
    lateBy([stage, close], close, record({ stage: "lead", close_date: "2026-11-25" }), today),
  ).toBeNull();
});

it("leaves other dates and settled records alone", () => {
  const due = field("due_at", "datetime");
  expect(
    lateBy([due], due, record({ due_at: "2026-01-01T00:00:00Z", status: "done" }), "2026-11-25"),
  ).toBeNull();
  const signed = field("signed_at", "datetime");
  expect(lateBy([signed], signed, record({ signed_at: "2026-01-01T00:00:00Z" }), "2026-11-25")).toBeNull();
});

it("gives a column the width of the longer language's header", () => {
  expect(leastWidth(field("p", "percent"), "赢率")).toBe(76);
  expect(leastWidth(field("p", "percent"), "Probability")).toBe(113);
});
