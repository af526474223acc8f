import { expect, it } from "vitest";
import { readWhen } from "./when";

const now = new Date(2026, 10, 25, 11, 0); // a Wednesday
const said = (text: string) => {
  const found = readWhen(text, now);
  return (
    found && [
      found.words,
      found.at.getMonth() + 1,
      found.at.getDate(),
      found.at.getHours(),
      found.at.getMinutes(),
    ]
  );
};

it.each([
  ["等采购会签，明天 10:00 跟进", ["明天 10:00", 11, 26, 10, 0]],
  ["后天下午3点半再打", ["后天下午3点半", 11, 27, 15, 30]],
  ["周五上门", ["周五", 11, 27, 9, 0]],
  ["周二上门", ["周二", 12, 1, 9, 0]],
  ["下周一 14:30 开会", ["下周一 14:30", 11, 30, 14, 30]],
  ["12月3日付款", ["12月3日", 12, 3, 9, 0]],
  ["1月5日回访", ["1月5日", 1, 5, 9, 0]],
  ["call back tomorrow at 16:00", ["tomorrow at 16:00", 11, 26, 16, 0]],
  ["meet Friday", ["Friday", 11, 27, 9, 0]],
])("finds the day in %s", (text, expected) => {
  expect(said(text)).toEqual(expected);
});

it("leaves sentences alone that name no day to come", () => {
  expect(said("首付 40% 过高，提出 3-4-3")).toBeNull();
  expect(said("今天 9:00 已经打过")).toBeNull();
});
