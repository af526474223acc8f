import { describe, expect, it } from "vitest";
import type { FieldDef, ObjectDef, RecordData } from "@/shared/api/types";
import {
  changesOf,
  clashesOf,
  columnsOf,
  missingOf,
  moved,
  relatedOf,
  same,
  sectionsOf,
  sendable,
} from "./model";

const field = (key: string, type = "text", more: Partial<FieldDef> = {}): FieldDef => ({
  key,
  type,
  kind: type,
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
const object = (key: string, fields: FieldDef[], config: ObjectDef["config"] = {}): ObjectDef => ({
  key,
  labels: { zh: key, en: key },
  plural: { zh: key, en: key },
  icon: null,
  name_field: "name",
  kind: "object",
  parent: null,
  config,
  fields,
});

describe("what is sent", () => {
  it("sends ids for links and files, and keeps lines and money whole", () => {
    const link = { id: "a1", label: "青禾" };
    expect(
      sendable({
        account: link,
        contacts: [link],
        voucher: [{ id: "f1", name: "a.pdf", size: 3, mime: "application/pdf" }],
        related_to: { object: "account", id: "a1", label: "青禾" },
        lines: [{ id: "l1", product: link, quantity: "2" }],
        amount: { amount: "1", currency: "USD" },
      }),
    ).toEqual({
      account: "a1",
      contacts: ["a1"],
      voucher: ["f1"],
      related_to: { object: "account", id: "a1" },
      lines: [{ id: "l1", product: "a1", quantity: "2" }],
      amount: { amount: "1", currency: "USD" },
    });
  });

  it("leaves out what did not change", () => {
    const record = { id: "r", version: 1, amount: "10.00", tags: [], name: "A" } as RecordData;
    expect(changesOf(record, { amount: "10", tags: null, name: "B" })).toEqual({ name: "B" });
  });

  it("knows equal values in other clothes", () => {
    expect(same({ id: "1", label: "old name" }, { id: "1", label: "new name" })).toBe(true);
    expect(same("1.50", "1.5")).toBe(true);
    expect(same(null, [])).toBe(true);
    expect(same("10.00", "11.00")).toBe(false);
  });
});

describe("somebody saved first", () => {
  const deal = object("opportunity", [field("name"), field("amount", "money"), field("next_step")]);
  const base = { id: "r", version: 1, name: "A", amount: "10.00", next_step: "call" } as RecordData;

  it("asks only about fields that both changed, to different values", () => {
    const theirs = { ...base, version: 2, amount: "12.00", next_step: "visit" } as RecordData;
    const clashes = clashesOf(deal, base, { amount: "15", name: "B", next_step: "visit" }, theirs);
    expect(clashes.map((one) => [one.field.key, one.mine, one.theirs])).toEqual([["amount", "15", "12.00"]]);
  });

  it("asks nothing when they changed something else", () => {
    const theirs = { ...base, version: 2, next_step: "visit" } as RecordData;
    expect(clashesOf(deal, base, { amount: "15" }, theirs)).toEqual([]);
  });
});

it("names every missing field of a refused move in the server's order", () => {
  const problem = { status: 409, code: "STAGE_REFUSED", field: "amount", message: "", request_id: null };
  const errors = [{ field: "amount", code: "STAGE_REQUIRES", message: "" }];
  expect(missingOf({ ...problem, errors, params: { missing: ["amount", "close_date"] } })).toEqual([
    "amount",
    "close_date",
  ]);
  expect(missingOf({ ...problem, errors })).toEqual(["amount"]);
});

describe("columns and sections", () => {
  const deal = object(
    "opportunity",
    [
      field("amount", "money"),
      field("name"),
      field("need", "long_text", { on_form: false, section: "process" }),
      field("weighted", "formula", { computed: true }),
      field("secret", "text", { level: "read", on_form: true }),
    ],
    {
      list: ["amount", "gone", "name"],
      form: ["name", "amount"],
      sections: [{ key: "process", labels: { zh: "推进", en: "Process" } }],
    },
  );

  it("puts the name first and leaves out columns that are not there", () => {
    expect(columnsOf(deal)).toEqual(["name", "amount"]);
    expect(columnsOf(deal, ["need", "gone"])).toEqual(["name", "need"]);
  });

  it("shows the form's fields in its order, and the rest under its sections", () => {
    const folded = sectionsOf(deal, (one) => one.on_form, false);
    expect(folded.map((one) => one.fields.map((each) => each.key))).toEqual([["name", "amount"]]);
    const all = sectionsOf(deal, (one) => one.on_form, true);
    expect(all.map((one) => [one.key, one.labels?.en, one.fields.map((each) => each.key)])).toEqual([
      ["form", undefined, ["name", "amount"]],
      ["process", "Process", ["need"]],
    ]);
  });
});

it("finds the lists that point at a record, each object once", () => {
  const contract = object("contract", [
    field("opportunity", "relation", { target: "opportunity" }),
    field("renewal", "relation", { target: "opportunity" }),
  ]);
  const task = object("task", [field("related_to", "relation_any")]);
  const product = object("product", [field("name")]);
  const found = relatedOf([contract, task, product], "opportunity");
  expect(found.map((one) => [one.object.key, one.field.key])).toEqual([
    ["contract", "opportunity"],
    ["task", "related_to"],
  ]);
});

it("moves a column without touching the others", () => {
  expect(moved(["a", "b", "c"], 0, 2)).toEqual(["b", "c", "a"]);
});
