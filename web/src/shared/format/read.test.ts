import { describe, expect, it } from "vitest";
import { readDuration, readMonthDay, readNumber } from "./read";

describe("a typed number", () => {
  it.each([
    ["12.5万", "125000"],
    ["1.2M", "1200000"],
    ["1,234.50", "1234.5"],
    ["￥99", "99"],
    ["１２８６００", "128600"],
    ["1.29亿", "129000000"],
    ["3千万", "30000000"],
    ["-2w", "-20000"],
    ["(1,200)", "-1200"],
    ["0.1k", "100"],
    ["80%", "80"],
    ["0.00001万", "0.1"],
    ["128600元", "128600"],
  ])("reads %s as %s", (typed, value) => {
    expect(readNumber(typed)).toBe(value);
  });

  it.each(["", "万", "abc", "1,23", "1.2.3", "12,5"])("does not guess at %s", (typed) => {
    expect(readNumber(typed)).toBeNull();
  });
});

it("reads durations, minutes when no unit is named", () => {
  expect(["1 小时 20 分", "1h20m", "90", "1:30", "2天"].map(readDuration)).toEqual([
    4800, 4800, 5400, 5400, 172800,
  ]);
  expect(readDuration("soon")).toBeNull();
});

it("reads a day without a year, and refuses days that do not exist", () => {
  expect(["3月15日", "3-15", "03/15", "0315", "2-29"].map(readMonthDay)).toEqual([
    "03-15",
    "03-15",
    "03-15",
    "03-15",
    "02-29",
  ]);
  expect(readMonthDay("2-30")).toBeNull();
});
