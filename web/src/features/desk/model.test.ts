import { describe, expect, it } from "vitest";
import { type DeskData, type DeskItem, dueText, laterDays, shifted, withItem, without } from "./model";

const item = (id: string, score: number, more: Partial<DeskItem> = {}): DeskItem => ({
  source: "task",
  object: "task",
  record: { id, label: id, version: 1 },
  title: id,
  reason: "",
  also: [],
  score,
  due: null,
  days_late: null,
  late: false,
  amount: null,
  currency: null,
  about: null,
  stage: null,
  actions: [],
  values: {},
  ...more,
});
const data = (...items: DeskItem[]): DeskData => ({
  items,
  more: [],
  sources: [],
  late: 0,
  done_today: 0,
  as_of: "",
});
const say = (key: string, params: Record<string, unknown>) =>
  params.count === undefined ? key : `${key} ${params.count}`;
const NOW = new Date("2026-11-24T04:00:00Z");

describe("when something is due", () => {
  it.each([
    [{ due: "2026-11-22", days_late: 2 }, "desk.late 2"],
    [{ due: "2026-11-24", days_late: 0 }, "desk.today"],
    [{ due: "2026-11-24T06:00:00Z", days_late: 0 }, "今天 14:00"],
    [{ due: "2026-11-25", days_late: -1 }, "desk.tomorrow"],
    [{ due: "2026-11-28", days_late: -4 }, "11月28日"],
    [{ due: null, days_late: null }, ""],
  ])("%o", (more, text) => {
    expect(dueText(item("a", 1, more as Partial<DeskItem>), "zh-CN", "Asia/Shanghai", say, NOW)).toBe(text);
  });
});

describe("putting off", () => {
  it("offers tomorrow, next Monday and two weeks", () => {
    expect(laterDays("2026-11-24").map((one) => one.day)).toEqual(["2026-11-25", "2026-11-30", "2026-12-08"]);
  });
  it("names no day twice: on a Sunday tomorrow is next Monday", () => {
    expect(laterDays("2026-11-29").map((one) => one.key)).toEqual(["tomorrow", "twoWeeks"]);
  });
  it("crosses months and years", () => {
    expect([shifted("2026-12-31", 1), shifted("2028-02-28", 1)]).toEqual(["2027-01-01", "2028-02-29"]);
  });
});

it("what is taken back returns to its place", () => {
  const [a, b, c] = [item("a", 9), item("b", 5), item("c", 1)];
  const left = without(data(a, b, c), "task.b");
  expect(left.items).toEqual([a, c]);
  expect(withItem(left, b).items).toEqual([a, b, c]);
  expect(withItem(data(a, b, c), b).items).toEqual([a, b, c]);
});
