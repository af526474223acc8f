import { expect, it } from "vitest";
import { readWhen } from "./when";

const now = "2026-11-25 11:00"; // a Wednesday
const said = (text: string) => {
  const found = readWhen(text, now);
  return found && [found.words, found.at];
};

it.each([
  ["等采购会签，明天 10:00 跟进", ["明天 10:00", "2026-11-26 10:00"]],
  ["后天下午3点半再打", ["后天下午3点半", "2026-11-27 15:30"]],
  ["周五上门", ["周五", "2026-11-27 09:00"]],
  ["周二上门", ["周二", "2026-12-01 09:00"]],
  ["下周一 14:30 开会", ["下周一 14:30", "2026-11-30 14:30"]],
  ["12月3日付款", ["12月3日", "2026-12-03 09:00"]],
  ["1月5日回访", ["1月5日", "2027-01-05 09:00"]],
  ["call back tomorrow at 16:00", ["tomorrow at 16:00", "2026-11-26 16:00"]],
  ["meet Friday", ["Friday", "2026-11-27 09:00"]],
])("finds the day in %s", (text, expected) => {
  expect(said(text)).toEqual(expected);
});

it("leaves sentences alone that name no day to come", () => {
  expect(said("首付 40% 过高，提出 3-4-3")).toBeNull();
  expect(said("今天 9:00 已经打过")).toBeNull();
});
