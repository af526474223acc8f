/**
 * Calendar days and periods: the twin of src/dealwright/conditions/periods.py. A day is "YYYY-MM-DD" and compares as
 * text; an instant is a number of microseconds since 1970, so that it is as exact as the server's.
 */
import type { Period, Relative } from "./shapes";

const FIRST = "1900-01-01";
const LAST = "2200-12-31";
const DAY_MS = 86_400_000;

const ms = (day: string) => Date.UTC(+day.slice(0, 4), +day.slice(5, 7) - 1, +day.slice(8, 10));
const dayOf = (at: number) => new Date(at).toISOString().slice(0, 10);
const pad = (n: number) => String(n).padStart(2, "0");

export const addDays = (day: string, days: number) => dayOf(ms(day) + days * DAY_MS);

/** `day` shifted by months, clamped to the end of the month. */
export function addMonths(day: string, months: number): string {
  const index = +day.slice(0, 4) * 12 + +day.slice(5, 7) - 1 + months;
  const year = Math.floor(index / 12);
  const month = index - year * 12;
  const last = new Date(Date.UTC(year, month + 1, 0)).getUTCDate();
  return `${String(year).padStart(4, "0")}-${pad(month + 1)}-${pad(Math.min(+day.slice(8, 10), last))}`;
}

/** `day` shifted by whole units, kept inside 1900 to 2200. */
export function shifted(day: string, offset: number, unit: string): string {
  if (unit === "day" || unit === "week") {
    const at = ms(day) + offset * (unit === "week" ? 7 : 1) * DAY_MS;
    return dayOf(Math.min(Math.max(at, ms(FIRST)), ms(LAST)));
  }
  const months = offset * ({ month: 1, quarter: 3, year: 12 }[unit] ?? 1);
  const year = +day.slice(0, 4) + months / 12;
  if (year < 1900 || year > 2201) return offset > 0 ? LAST : FIRST;
  const moved = addMonths(day, months);
  return moved < FIRST ? FIRST : moved > LAST ? LAST : moved;
}

const formats = new Map<string, Intl.DateTimeFormat>();

function wallClock(at: number, zone: string): number {
  let format = formats.get(zone);
  if (!format) {
    format = new Intl.DateTimeFormat("en-CA", {
      timeZone: zone,
      hourCycle: "h23",
      year: "numeric",
      month: "2-digit",
      day: "2-digit",
      hour: "2-digit",
      minute: "2-digit",
      second: "2-digit",
    });
    formats.set(zone, format);
  }
  const part = Object.fromEntries(format.formatToParts(at).map(({ type, value }) => [type, +value]));
  const clock = Date.UTC(
    part.year ?? 0,
    (part.month ?? 1) - 1,
    part.day,
    part.hour,
    part.minute,
    part.second,
  );
  return clock + (((at % 1000) + 1000) % 1000);
}

export const localDay = (at: number, zone: string) => dayOf(wallClock(at, zone));

/** The instant (milliseconds) of a local clock time; of a doubled hour the first, in a gap as if the clock had not moved. */
export function instantOf(clock: number, zone: string): number {
  const before = wallClock(clock - DAY_MS, zone) - (clock - DAY_MS);
  const first = clock - before;
  if (wallClock(first, zone) === clock) return first;
  const after = wallClock(clock + DAY_MS, zone) - (clock + DAY_MS);
  const second = clock - after;
  return wallClock(second, zone) === clock ? second : first;
}

/** The instant (milliseconds) at which a local day begins: the first valid one when midnight falls into a gap. */
export const dayStart = (day: string, zone: string) => instantOf(ms(day), zone);

export function relativeDay(value: Relative, now: Date, zone: string): string {
  return shifted(localDay(now.getTime(), zone), value.offset ?? 0, value.unit ?? "day");
}

/** The instant (milliseconds) a relative `now` value means: the same clock time on the shifted day. */
export function relativeInstant(value: Relative, now: Date, zone: string): number {
  const unit = value.unit ?? "day";
  const offset = value.offset ?? 0;
  if (unit === "day" || unit === "week") return now.getTime() + offset * (unit === "week" ? 7 : 1) * DAY_MS;
  const clock = wallClock(now.getTime(), zone);
  const day = shifted(dayOf(clock), offset, unit);
  return instantOf(ms(day) + (clock - ms(dayOf(clock))), zone);
}

/** First day of a period and the first day after it. */
export function bounds(period: Period, today: string, fiscalStartMonth = 1): [string, string] {
  const n = period.n ?? 7;
  switch (period.period) {
    case "today":
      return [today, addDays(today, 1)];
    case "yesterday":
      return [addDays(today, -1), today];
    case "tomorrow":
      return [addDays(today, 1), addDays(today, 2)];
    case "last_n_days":
      return [addDays(today, 1 - n), addDays(today, 1)];
    case "next_n_days":
      return [today, addDays(today, n + 1)];
  }
  const [which, unit] = period.period.split("_");
  const step = which === "last" ? -1 : which === "next" ? 1 : 0;
  if (unit === "week") {
    const monday = (new Date(ms(today)).getUTCDay() + 6) % 7;
    const first = addDays(today, step * 7 - monday);
    return [first, addDays(first, 7)];
  }
  const length = unit === "quarter" ? 3 : unit === "year" ? 12 : 1;
  const into = length === 1 ? 0 : (+today.slice(5, 7) - fiscalStartMonth + 12) % length;
  const first = addMonths(`${today.slice(0, 8)}01`, step * length - into);
  return [first, addMonths(first, length)];
}

/** Microseconds since 1970 of an ISO text with a zone. */
export function micros(text: string): number {
  const fraction = /\.(\d{1,6})/.exec(text)?.[1] ?? "";
  return Date.parse(text.replace(/\.\d+/, "")) * 1000 + +fraction.padEnd(6, "0");
}
