/** Numbers, money, dates as the design page writes them in both languages. */

export type Locale = "zh-CN" | "en";

export function isZh(locale: string): boolean {
  return locale.startsWith("zh");
}

/** 1,286,000 with thousands commas; fen only when there are any; a true minus sign. */
export function number(value: unknown): string {
  if (value === null || value === undefined || value === "") return "—";
  const text = String(value);
  const negative = text.startsWith("-");
  const [whole = "0", rest = ""] = text.replace("-", "").split(".");
  const tail = rest.replace(/0+$/, "");
  return `${negative ? "−" : ""}${whole.replace(/\B(?=(\d{3})+(?!\d))/g, ",")}${tail ? `.${tail}` : ""}`;
}

const thousands = (text: string) => text.replace(/\B(?=(\d{3})+(?!\d))/, ",");

export const SIGNS: Record<string, string> = {
  CNY: "¥",
  USD: "US$",
  EUR: "€",
  GBP: "£",
  HKD: "HK$",
  JPY: "JP¥",
};

export function money(value: unknown, currency: string, locale: string): string {
  if (value === null || value === undefined || value === "") return "—";
  const sign = SIGNS[currency] ?? `${currency} `;
  return `${sign}${isZh(locale) ? " " : ""}${number(value)}`;
}

/** 128.6 万, 1.29 亿; ¥1.29M in English: for tiles, sums and axes. */
export function short(value: unknown, locale: string, currency = ""): string {
  const amount = Number(value ?? 0);
  const size = Math.abs(amount);
  const sign = currency ? (SIGNS[currency] ?? `${currency} `) : "";
  if (isZh(locale)) {
    if (size >= 1e8) return `${(amount / 1e8).toFixed(2)} 亿`;
    if (size >= 1e4) return `${thousands((amount / 1e4).toFixed(1))} 万`;
    return number(Math.round(amount));
  }
  if (size >= 1e6) return `${sign}${(amount / 1e6).toFixed(2)}M`;
  if (size >= 1e3) return `${sign}${(amount / 1e3).toFixed(1)}K`;
  return `${sign}${number(Math.round(amount))}`;
}

const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/** 2026-11-27; Nov 27, and the year when it is not this one. */
export function day(value: unknown, locale: string, today = new Date()): string {
  if (typeof value !== "string" || !value) return "—";
  const [year = "", month = "1", date = "1"] = value.slice(0, 10).split("-");
  if (isZh(locale)) return value.slice(0, 10);
  const name = `${MONTHS[Number(month) - 1]} ${Number(date)}`;
  return Number(year) === today.getFullYear() ? name : `${name}, ${year}`;
}

export function moment(value: unknown, locale: string, zone: string, now = new Date()): string {
  if (typeof value !== "string" || !value) return "—";
  const parts = new Intl.DateTimeFormat("sv-SE", {
    timeZone: zone,
    dateStyle: "short",
    timeStyle: "short",
  }).format(new Date(value));
  const [date = "", time = ""] = parts.split(" ");
  const days = daysBetween(todayIn(zone, now), date);
  const near = isZh(locale) ? ["昨天", "今天", "明天"] : ["yesterday", "today", "tomorrow"];
  if (Math.abs(days) <= 1) return `${near[days + 1]} ${time}`;
  if (isZh(locale) && date.slice(0, 4) === String(now.getFullYear())) return `${date.slice(5)} ${time}`;
  return `${day(date, locale, now)} ${time}`;
}

/** The clock on the wall in a time zone at an instant: YYYY-MM-DD HH:mm. */
export function wallTime(instant: string, zone: string): string {
  return new Intl.DateTimeFormat("sv-SE", { timeZone: zone, dateStyle: "short", timeStyle: "short" }).format(
    new Date(instant),
  );
}

/** The instant, RFC 3339 in UTC, at which the clock in a time zone shows this wall time; across a change of clocks too. */
export function instantOf(wall: string, zone: string): string {
  const wanted = Date.parse(`${wall.replace(" ", "T")}Z`);
  let found = wanted;
  for (let tries = 0; tries < 2; tries += 1)
    found += wanted - Date.parse(`${wallTime(new Date(found).toISOString(), zone).replace(" ", "T")}Z`);
  return new Date(found).toISOString();
}

/** Today's date, YYYY-MM-DD, in a time zone. */
export function todayIn(zone: string, now = new Date()): string {
  return new Intl.DateTimeFormat("sv-SE", { timeZone: zone }).format(now);
}

/** Whole days from one date to another, both YYYY-MM-DD. */
export function daysBetween(from: string, to: string): number {
  return Math.round((Date.parse(to.slice(0, 10)) - Date.parse(from.slice(0, 10))) / 86_400_000);
}

/** 3 小时 20 分; 3 h 20 m. */
export function duration(seconds: unknown, locale: string): string {
  const total = Number(seconds);
  if (seconds === null || seconds === undefined || Number.isNaN(total)) return "—";
  const units = isZh(locale) ? ["天", "小时", "分", "秒"] : ["d", "h", "m", "s"];
  const parts = [
    Math.floor(total / 86_400),
    Math.floor(total / 3600) % 24,
    Math.floor(total / 60) % 60,
    total % 60,
  ];
  const found = parts.map((part, place) => (part ? `${part} ${units[place]}` : "")).filter(Boolean);
  return found.slice(0, 2).join(" ") || `0 ${units[2]}`;
}

/** 12 KB, 3.4 MB. */
export function fileSize(bytes: number): string {
  if (bytes < 1024) return `${bytes} B`;
  if (bytes < 1_048_576) return `${Math.round(bytes / 1024)} KB`;
  return `${(bytes / 1_048_576).toFixed(1)} MB`;
}

/** 3月15日; Mar 15. */
export function monthDay(value: unknown, locale: string): string {
  const [month = "", date = ""] = String(value ?? "").split("-");
  if (!date) return "—";
  return isZh(locale)
    ? `${Number(month)}月${Number(date)}日`
    : `${MONTHS[Number(month) - 1]} ${Number(date)}`;
}

export function label(labels: { zh: string; en: string } | undefined, locale: string): string {
  if (!labels) return "";
  return (isZh(locale) ? labels.zh : labels.en) || labels.en || labels.zh;
}

/**
 * A label inside a sentence: "New opportunity", "Sum of amount". Words that are written large for their own sake (ID,
 * UTM, WeChat, No., A) stay as they are, and so does Chinese.
 */
export function inside(text: string, locale: string): string {
  if (isZh(locale)) return text;
  const word = text.split(/[\s/-]/)[0] ?? "";
  const isOwn = word.length < 2 || word.endsWith(".") || word.slice(1) !== word.slice(1).toLowerCase();
  return isOwn ? text : text.charAt(0).toLowerCase() + text.slice(1);
}
