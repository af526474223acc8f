/** What stands on the desk, and the words and days around it; no React. */
import { isZh, moment, todayIn } from "@/shared/format/format";

export interface DeskAction {
  key: string;
  label: string;
  kind: "set" | "date" | "log" | "open";
  set: Record<string, unknown>;
  field: string | null;
}

export interface DeskItem {
  source: string;
  object: string;
  record: { id: string; label: string; version: number };
  title: string;
  reason: string;
  also: { source: string; reason: string }[];
  score: number;
  due: string | null;
  days_late: number | null;
  late: boolean;
  amount: string | null;
  currency: string | null;
  about: { id: string; label: string; object?: string } | null;
  stage: string | null;
  actions: DeskAction[];
  values: Record<string, unknown>;
}

export interface DeskData {
  items: DeskItem[];
  more: string[];
  sources: { key: string; labels: { zh: string; en: string }; icon: string | null }[];
  late: number;
  done_today: number;
  as_of: string;
}

type Say = (key: string, params: Record<string, unknown>) => string;

/** A thing on the desk by a name of its own: a record may come from several sources in turn. */
export const keyOf = (item: Pick<DeskItem, "source" | "record">) => `${item.source}.${item.record.id}`;

/** 逾期 2 天, 今天 14:00, 明天, 11-28. */
export function dueText(item: DeskItem, locale: string, zone: string, t: Say, now = new Date()): string {
  const { due, days_late: days } = item;
  if (!due || days === null) return "";
  if (days > 0) return t("desk.late", { count: days });
  const timed = due.length > 10;
  if (days === 0) return timed ? moment(due, locale, zone, now) : t("desk.today", {});
  if (days === -1) return timed ? moment(due, locale, zone, now) : t("desk.tomorrow", {});
  const date = timed ? todayIn(zone, new Date(due)) : due;
  return dayText(date, locale);
}

/** 11月28日; Nov 28. */
export function dayText(date: string, locale: string): string {
  return new Intl.DateTimeFormat(isZh(locale) ? "zh-CN" : "en", {
    month: isZh(locale) ? "long" : "short",
    day: "numeric",
    timeZone: "UTC",
  }).format(new Date(`${date}T00:00:00Z`));
}

/** A day so many days from another. */
export function shifted(date: string, days: number): string {
  return new Date(Date.parse(`${date}T00:00:00Z`) + days * 86_400_000).toISOString().slice(0, 10);
}

/** Days to put something off to: tomorrow, the day after, next Monday, in two weeks. */
export function laterDays(today: string): { key: string; day: string }[] {
  const weekday = new Date(`${today}T00:00:00Z`).getUTCDay();
  const monday = shifted(today, ((8 - weekday) % 7 || 7) as number);
  const found = [
    { key: "tomorrow", day: shifted(today, 1) },
    { key: "nextWeek", day: monday },
    { key: "twoWeeks", day: shifted(today, 14) },
  ];
  return found.filter((one, place) => found.findIndex((other) => other.day === one.day) === place);
}

/** Items without one of them. */
export const without = (data: DeskData, key: string): DeskData => ({
  ...data,
  items: data.items.filter((item) => keyOf(item) !== key),
});

/** An item back in its place, by its points. */
export function withItem(data: DeskData, item: DeskItem): DeskData {
  const rest = without(data, keyOf(item)).items;
  const place = rest.findIndex((one) => one.score < item.score);
  const at = place < 0 ? rest.length : place;
  return { ...data, items: [...rest.slice(0, at), item, ...rest.slice(at)] };
}
