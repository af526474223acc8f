import { describe, expect, it } from "vitest";
import type { ObjectDef, OptionDef } from "@/shared/api/types";
import { columnFilter, focusFrom, groupOf, openSums, settledOf, sortOf, stepTo } from "./model";

const object = (...keys: string[]) =>
  ({ config: {}, fields: keys.map((key) => ({ key, level: "write" })) }) as unknown as ObjectDef;
const stage = (key: string, kind: "open" | "won" | "lost") =>
  ({ key, kind, labels: { zh: key, en: key } }) as OptionDef;
const field = { key: "stage" } as never;

describe("the cards of a column", () => {
  it("are all of an open stage, and this quarter's of a closed one", () => {
    const deal = object("stage", "closed_at");
    expect(columnFilter(deal, field, stage("lead", "open"))).toEqual({
      field: "stage",
      op: "eq",
      value: "lead",
    });
    expect(columnFilter(deal, field, stage("won", "won"))).toEqual({
      all: [
        { field: "stage", op: "eq", value: "won" },
        { field: "closed_at", op: "in_period", value: { period: "this_quarter" } },
      ],
    });
  });
  it("are all of a closed stage where nobody kept when", () => {
    expect(columnFilter(object("stage"), field, stage("won", "won"))).toEqual({
      field: "stage",
      op: "eq",
      value: "won",
    });
  });
  it("are those without a value in the column of nothing", () => {
    expect(columnFilter(object("stage"), field, stage("", "open"))).toEqual({ field: "stage", op: "empty" });
  });
  it("stand in an order that the object has a field for", () => {
    const deal = object("stage_entered_at", "worth");
    const board = { ...deal, config: { board: { sum: "worth" } } } as unknown as ObjectDef;
    expect(sortOf(board, "amount")).toEqual({ key: "amount", sort: "-worth" });
    expect(sortOf(deal, "nonsense")).toEqual({ key: "stay", sort: "stage_entered_at" });
    expect(sortOf(object("name"), undefined)).toEqual({ key: "recent", sort: "-modified_at" });
  });
});

describe("the columns of a board", () => {
  const choice = (key: string) => ({
    key,
    type: "select",
    level: "write",
    options: [{ key: "a" }, { key: "b" }],
  });
  const task = (board: unknown, ...fields: unknown[]) =>
    ({ config: { board }, fields }) as unknown as ObjectDef;
  it("are the stages, where there are any, unless the address asks for another field", () => {
    const deal = task({}, choice("kind"), { key: "phase", type: "stage", level: "write", options: [] });
    expect(groupOf(deal)?.key).toBe("phase");
    expect(groupOf(deal, "kind")?.key).toBe("kind");
  });
  it("are what the configuration names, else the first choice; never a hidden field", () => {
    expect(groupOf(task({ group: "status" }, choice("priority"), choice("status")))?.key).toBe("status");
    expect(
      groupOf(task({ group: "status" }, choice("priority"), { ...choice("status"), level: "hidden" }))?.key,
    ).toBe("priority");
    expect(groupOf(task({}))).toBeUndefined();
  });
});

it("adds up the open stages only", () => {
  const stay = { count: 2, sum: 10, weighted: 5, median: null, staleCount: 1, staleSum: 4 };
  const sums = openSums(
    [stage("lead", "open"), stage("won", "won")],
    new Map([
      ["lead", stay],
      ["won", stay],
    ]),
  );
  expect(sums).toEqual({ count: 2, sum: 10, weighted: 5, staleCount: 1, staleSum: 4 });
});

it("carries a card to the column beside, and not off the board", () => {
  const columns = [
    { id: "b", left: 200, top: 0, width: 190 },
    { id: "a", left: 0, top: 0, width: 190 },
  ];
  expect(stepTo(columns, "a", "right")?.id).toBe("b");
  expect(stepTo(columns, "b", "right")).toBeUndefined();
  expect(stepTo(columns, "b", "left")?.id).toBe("a");
});

it("moves the focus by arrows, past empty columns and to the last card of a shorter one", () => {
  const counts = [3, 0, 1];
  expect(focusFrom(counts, [0, 0], "ArrowDown")).toEqual([0, 1]);
  expect(focusFrom(counts, [0, 2], "ArrowDown")).toBeUndefined();
  expect(focusFrom(counts, [0, 2], "ArrowRight")).toEqual([2, 0]);
  expect(focusFrom(counts, [2, 0], "ArrowRight")).toBeUndefined();
  expect(focusFrom(counts, [2, 0], "Enter")).toBeUndefined();
});

it("calls nothing late under a value that settles a record", () => {
  const done = { field: "status", op: "in", value: ["done", "cancelled"] };
  const task = {
    config: { board: { due: "due_at" }, calendar: [{ field: "due_at", done }] },
    fields: [{ key: "due_at", type: "datetime", level: "write" }],
  } as unknown as ObjectDef;
  expect(settledOf(task, { key: "status" } as never)).toEqual(["done", "cancelled"]);
  expect(settledOf(task, { key: "priority" } as never)).toEqual([]);
});
