/** A day and time named in a sentence: 明天 10:00, 周五下午3点, 11月27日, tomorrow 14:30. */
export interface When {
  words: string;
  /** The clock on the wall then: YYYY-MM-DD HH:mm. */
  at: string;
}

const WEEK = "一二三四五六日";
const DAYS = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];
const DAY =
  /(今天|明天|后天|大后天|(?:下周|本周|这周|周|星期)[一二三四五六日天]|(\d{1,2})月(\d{1,2})[日号]|today|tomorrow|(?:next )?(?:mon|tues|wednes|thurs|fri|satur|sun)day)/i;
const TIME = /^\s*(?:at\s+)?(上午|下午|晚上)?\s*(\d{1,2})(?:[:：](\d{2})|点(半|\d{1,2}分?)?)/i;

const plus = (from: Date, days: number) =>
  new Date(from.getFullYear(), from.getMonth(), from.getDate() + days);

function dayOf(words: string, month: string | undefined, date: string | undefined, now: Date): Date {
  const near = ["今天", "明天", "后天", "大后天"].indexOf(words);
  if (near >= 0) return plus(now, near);
  if (/^today$/i.test(words)) return plus(now, 0);
  if (/^tomorrow$/i.test(words)) return plus(now, 1);
  if (month && date) {
    const found = new Date(now.getFullYear(), Number(month) - 1, Number(date));
    return found < plus(now, 0) ? new Date(now.getFullYear() + 1, Number(month) - 1, Number(date)) : found;
  }
  const today = (now.getDay() + 6) % 7;
  const last = words.at(-1) === "天" ? "日" : (words.at(-1) ?? "");
  const wanted = WEEK.includes(last)
    ? WEEK.indexOf(last)
    : DAYS.findIndex((one) => words.toLowerCase().endsWith(one));
  if (words.startsWith("下周")) return plus(now, 7 - today + wanted);
  if (/^(本周|这周)/.test(words)) return plus(now, wanted - today);
  return plus(now, wanted > today ? wanted - today : wanted - today + 7);
}

const two = (part: number) => String(part).padStart(2, "0");

/** The first day in a text that is still to come, with its time, nine in the morning when none is said; `wall`: now. */
export function readWhen(text: string, wall: string): When | null {
  const now = new Date(wall.replace(" ", "T"));
  const found = DAY.exec(text);
  if (!found) return null;
  const day = dayOf(found[0], found[2], found[3], now);
  const rest = text.slice(found.index + found[0].length);
  const clock = TIME.exec(rest);
  let hours = 9;
  let minutes = 0;
  if (clock) {
    hours = Number(clock[2]);
    if (clock[1] && clock[1] !== "上午" && hours < 12) hours += 12;
    minutes = clock[4] === "半" ? 30 : Number((clock[3] ?? clock[4] ?? "0").replace("分", ""));
  }
  const at = new Date(day.getFullYear(), day.getMonth(), day.getDate(), hours, minutes);
  if (hours > 23 || minutes > 59 || at <= now) return null;
  const date = `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;
  return { words: found[0] + (clock?.[0] ?? ""), at: `${date} ${two(hours)}:${two(minutes)}` };
}
