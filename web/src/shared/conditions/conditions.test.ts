import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import type { Labels } from "@/shared/api/types";
import {
  type Condition,
  type Context,
  type Fields,
  leafWords,
  matches,
  OPERATORS,
  operatorWords,
  sentence,
  valueWords,
  words,
} from ".";

interface RawField {
  kind: string;
  labels: Labels;
  options?: [string, Labels][];
  target?: string;
  unit?: string;
}
interface Case {
  name: string;
  where: Condition;
  yes: Record<string, unknown>[];
  no: Record<string, unknown>[];
  words?: Labels;
  context?: Record<string, unknown>;
}
// The same file as tests/conditions on the server.
const file = JSON.parse(readFileSync("../tests/cases/conditions.json", "utf-8")) as {
  context: Record<string, unknown>;
  names: Record<string, string>;
  fields: Record<string, Record<string, RawField>>;
  cases: Case[];
};

const fields: Fields = (path) => {
  let here: string | undefined = "deal";
  let found: RawField | undefined;
  for (const key of path) {
    found = file.fields[here ?? ""]?.[key];
    if (!found) return undefined;
    here = found.target;
  }
  return found && { ...found, options: found.options?.map(([key, labels]) => ({ key, labels })) };
};

function contextOf(one: Case): Context {
  const raw = { ...file.context, ...one.context } as Record<string, unknown>;
  return {
    now: new Date(raw.now as string),
    zone: raw.zone as string,
    fields,
    userId: raw.user as string | null,
    teamUserIds: raw.team_users as string[],
    teamTreeUserIds: raw.team_tree_users as string[],
    teamIds: raw.teams as string[],
    teamTreeIds: raw.team_tree as string[],
    fiscalStartMonth: raw.fiscal_start_month as number,
  };
}

describe("matches", () => {
  it.each(file.cases.map((one) => [one.name, one] as const))("%s", (_, one) => {
    const context = contextOf(one);
    for (const record of one.yes)
      expect([record, matches(one.where, record, context)]).toEqual([record, true]);
    for (const record of one.no)
      expect([record, matches(one.where, record, context)]).toEqual([record, false]);
  });

  it("has every operator of every kind in the cases", () => {
    const seen = new Set<string>();
    const walk = (node: Condition) => {
      if ("field" in node) seen.add(`${fields(String(node.field).split("."))?.kind} ${node.op}`);
      else for (const inner of Object.values(node).flat()) walk(inner as Condition);
    };
    for (const one of file.cases) walk(one.where);
    const wanted = Object.entries(OPERATORS).flatMap(([kind, ops]) => ops.map((op) => `${kind} ${op}`));
    expect(wanted.filter((one) => !seen.has(one))).toEqual([]);
  });

  it("takes what a record is on the wire: links, money with its currency", () => {
    const context = contextOf({ name: "", where: {}, yes: [], no: [] });
    const record = { amount: { amount: "120.00", currency: "CNY" }, helpers: [{ id: "u-me", label: "Me" }] };
    expect(matches({ field: "amount", op: "gt", value: "100" }, record, context)).toBe(true);
    const me = { field: "helpers", op: "contains_any", value: [{ who: "me" }] };
    expect(matches(me, record, context)).toBe(true);
  });
});

describe("words", () => {
  const told = file.cases.filter((one) => one.words);
  it.each(told.map((one) => [one.name, one] as const))("%s", (_, one) => {
    const say = (locale: string) =>
      sentence(words(one.where, fields, locale, (_leaf, id) => file.names[id], "Asia/Shanghai"));
    expect({ zh: say("zh-CN"), en: say("en") }).toEqual(one.words);
  });
});

describe("pieces", () => {
  const shape: Fields = () => ({ kind: "number", labels: { zh: "金额", en: "Amount" } });
  it("takes a condition apart for its chip", () => {
    const between = { field: "amount", op: "between", value: ["1000", "2000"] };
    expect(leafWords(between, shape, "zh-CN")).toEqual({
      name: "金额",
      op: "在…之间",
      value: "1,000 到 2,000",
    });
    expect(leafWords(between, shape, "en").op).toBe("is between");
    expect(leafWords({ field: "amount", op: "empty" }, shape, "en")).toEqual({
      name: "Amount",
      op: "is empty",
      value: "",
    });
  });
  it("names operators, periods and people for a menu", () => {
    expect(operatorWords("gte", "date", "en")).toBe("is not before");
    expect(valueWords({ period: "last_n_days", n: 30 }, "zh-CN")).toBe("最近 30 天内");
    expect(valueWords({ who: "my_team" }, "en")).toBe("my team");
  });
});
