import { expect, it } from "vitest";
import { byDay, daysOf, type Item, movedTo, stepFrom, turned } from "./model";

const ZONE = "Asia/Shanghai";
const item = (title: string, at: string): Item => ({
  source: "task.due_at",
  object: "task",
  id: title,
  version: 1,
  title,
  at,
  person: null,
  done: false,
});

it("shows whole weeks of a month, from Monday on", () => {
  const days = daysOf("month", "2026-11-25");
  expect([days[0], days.at(-1), days.length]).toEqual(["2026-10-26", "2026-12-06", 42]);
  expect(daysOf("month", "2027-02-10")).toHaveLength(28); // a February that begins on a Monday
  expect(daysOf("week", "2026-11-29")[0]).toBe("2026-11-23"); // a Sunday belongs to the week before
});

it("turns by month, week and agenda, over the end of a year and of a long month", () => {
  expect(turned("month", "2026-12-31", 1)).toBe("2027-01-01");
  expect(turned("month", "2026-03-31", -1)).toBe("2026-02-01");
  expect(turned("week", "2026-11-25", -1)).toBe("2026-11-18");
});

it("keeps the clock of what is moved to another day, in the time zone of the workspace", () => {
  expect(movedTo("2026-11-25T16:30:00Z", "2026-11-30", ZONE)).toBe("2026-11-29T16:30:00.000Z"); // 00:30 on the 30th
  expect(movedTo("2026-11-25", "2026-11-30", ZONE)).toBe("2026-11-30");
});

it("stands by local day, whole days first, then by time", () => {
  const found = byDay(
    [
      item("late", "2026-11-25T08:00:00Z"),
      item("night", "2026-11-24T16:30:00Z"),
      item("all day", "2026-11-25"),
    ],
    ZONE,
  );
  expect(found.get("2026-11-25")?.map((one) => one.title)).toEqual(["all day", "night", "late"]);
});

it("goes by arrows to the day beside or a week away", () => {
  expect(stepFrom("2026-11-30", "ArrowRight", "month")).toBe("2026-12-01");
  expect(stepFrom("2026-11-30", "ArrowUp", "month")).toBe("2026-11-23");
  expect(stepFrom("2026-11-30", "ArrowDown", "agenda")).toBe("2026-12-01");
  expect(stepFrom("2026-11-30", "x", "month")).toBeUndefined();
});
