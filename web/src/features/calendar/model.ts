/** What the calendar decides, without React: which days are shown, what stands on them, where an item goes. */
import { instantOf, wallTime } from "@/shared/format/format";

export const MODES = ["month", "week", "agenda"] as const;
export type Mode = (typeof MODES)[number];

export interface Source {
  key: string;
  object: string;
  field: string;
  kind: "date" | "datetime";
  labels: { zh: string; en: string };
  color: string | null;
  person: string | null;
}
export interface Item {
  source: string;
  object: string;
  id: string;
  version: number;
  title: string;
  at: string;
  person: { id: string; label: string } | null;
  done: boolean;
}
export interface Answer {
  sources: Source[];
  items: Item[];
  more: string[];
}

const DAY_MS = 86_400_000;
const AGENDA_DAYS = 31;

/** The day so many days after another, both YYYY-MM-DD. */
export const plus = (day: string, days: number): string =>
  new Date(Date.parse(day) + days * DAY_MS).toISOString().slice(0, 10);

/** The Monday of a day's week. */
export const monday = (day: string): string => plus(day, -((new Date(day).getUTCDay() + 6) % 7));

/** The first day of the month so many months away. */
export function month(day: string, by = 0): string {
  const [year = 0, at = 1] = day.split("-").map(Number);
  return new Date(Date.UTC(year, at - 1 + by, 1)).toISOString().slice(0, 10);
}

/** The days that are shown, first to last: whole weeks of a month, a week, or a month from the day on. */
export function daysOf(mode: Mode, day: string): string[] {
  if (mode === "week") return Array.from({ length: 7 }, (_, at) => plus(monday(day), at));
  if (mode === "agenda") return Array.from({ length: AGENDA_DAYS }, (_, at) => plus(day, at));
  const first = monday(month(day));
  const last = plus(month(day, 1), -1);
  const weeks = Math.ceil((Date.parse(last) - Date.parse(first) + DAY_MS) / DAY_MS / 7);
  return Array.from({ length: weeks * 7 }, (_, at) => plus(first, at));
}

/** The day that the arrows beside the title lead to. */
export function turned(mode: Mode, day: string, by: 1 | -1): string {
  if (mode === "month") return month(day, by);
  return plus(day, by * (mode === "week" ? 7 : AGENDA_DAYS));
}

/** The local day of an item. */
export const dayOf = (at: string, zone: string): string =>
  at.length === 10 ? at : wallTime(at, zone).slice(0, 10);

/** The local time of an item; empty for one that is about a whole day. */
export const timeOf = (at: string, zone: string): string =>
  at.length === 10 ? "" : wallTime(at, zone).slice(11, 16);

/** The value of an item moved to another day: the clock stays as it was. */
export const movedTo = (at: string, day: string, zone: string): string =>
  at.length === 10 ? day : instantOf(`${day} ${wallTime(at, zone).slice(11, 16)}`, zone);

/** Items by their local day: whole days first, then by time. */
export function byDay(items: Item[], zone: string): Map<string, Item[]> {
  const found = new Map<string, Item[]>();
  for (const item of items) {
    const day = dayOf(item.at, zone);
    found.set(day, [...(found.get(day) ?? []), item]);
  }
  for (const list of found.values())
    list.sort(
      (a, b) => timeOf(a.at, zone).localeCompare(timeOf(b.at, zone)) || a.title.localeCompare(b.title),
    );
  return found;
}

const STEPS: Record<string, number> = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -7, ArrowDown: 7 };

/** The day that an arrow key leads to; in an agenda, where days stand below each other, up and down are one day. */
export function stepFrom(day: string, key: string, mode: Mode): string | undefined {
  const by = STEPS[key];
  if (by === undefined) return undefined;
  return plus(day, mode === "month" ? by : Math.sign(by));
}

export const keyOf = (item: Item) => `${item.source}:${item.id}`;
