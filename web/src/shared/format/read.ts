/** What people type, as the server writes it: the twin of the server's `local_forms`. */

const SHIFTS: [string, number][] = [
  ["亿", 8],
  ["千万", 7],
  ["百万", 6],
  ["十万", 5],
  ["万", 4],
  ["千", 3],
  ["百", 2],
  ["bn", 9],
  ["b", 9],
  ["w", 4],
  ["k", 3],
  ["m", 6],
];

/** Moves the decimal point of plain digits to the right, exactly. */
function shift(digits: string, places: number): string {
  const [whole = "", rest = ""] = digits.split(".");
  const moved = rest.padEnd(places, "0");
  const left = `${whole}${moved.slice(0, places)}`.replace(/^0+(?=\d)/, "") || "0";
  const right = moved.slice(places).replace(/0+$/, "");
  return right ? `${left}.${right}` : left;
}

/** 12.5万, 1.2M, 1,234.50, ￥99, (1,200), １２ as plain digits; null when it is no number. */
export function readNumber(text: string): string | null {
  let plain = text.normalize("NFKC").trim().replaceAll("，", ",").toLowerCase();
  let negative = plain.startsWith("(") && plain.endsWith(")");
  plain = plain.replace(/^\(|\)$/g, "").trim();
  plain = plain.replace(/^(us\$|hk\$|jp¥|[¥$€£])\s*|\s*(%|元|¥)$/g, "").trim();
  if (/^[-−+]/.test(plain)) {
    negative = plain[0] !== "+" ? !negative : negative;
    plain = plain.slice(1).trim();
  }
  plain = plain.replace(/^[¥$€£]\s*/, "");
  let places = 0;
  for (let found = true; found && places < 12; ) {
    found = false;
    for (const [unit, size] of SHIFTS)
      if (plain.endsWith(unit)) {
        plain = plain.slice(0, -unit.length).trim();
        places += size;
        found = true;
        break;
      }
  }
  if (!/^(\d{1,3}(,\d{3})+(\.\d+)?|\d+(\.\d*)?|\.\d+)$/.test(plain)) return null;
  const value = shift(plain.replaceAll(",", ""), places);
  return negative && /[1-9]/.test(value) ? `-${value}` : value;
}

const PARTS: [RegExp, number][] = [
  [/(\d+(?:\.\d+)?)\s*(?:天|days?|d)/, 86_400],
  [/(\d+(?:\.\d+)?)\s*(?:个?小时|hours?|hrs?|h|时)/, 3600],
  [/(\d+(?:\.\d+)?)\s*(?:分钟?|minutes?|mins?|m)/, 60],
  [/(\d+(?:\.\d+)?)\s*(?:秒钟?|seconds?|secs?|s)/, 1],
];

/** 1 小时 20 分, 1h20m, 90 (minutes), 1:30 as seconds; null when it is no duration. */
export function readDuration(text: string): number | null {
  const plain = text.normalize("NFKC").trim().toLowerCase();
  if (/^\d+(\.\d+)?$/.test(plain)) return Math.round(Number(plain) * 60);
  const clock = /^(\d{1,4}):([0-5]\d)$/.exec(plain);
  if (clock) return Number(clock[1]) * 3600 + Number(clock[2]) * 60;
  let rest = plain;
  let total = 0;
  for (const [form, size] of PARTS) {
    const found = form.exec(rest);
    if (!found) continue;
    total += Number(found[1]) * size;
    rest = rest.replace(found[0], "").trim();
  }
  return rest === "" && total > 0 ? Math.round(total) : null;
}

const DAYS = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/** 3月15日, 3-15, 03/15, 0315 as 03-15; null when there is no such day. */
export function readMonthDay(text: string): string | null {
  const plain = text.normalize("NFKC").trim();
  const found = /^(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*[日号]?$/.exec(plain) ?? /^(\d{2})(\d{2})$/.exec(plain);
  if (!found) return null;
  const month = Number(found[1]);
  const day = Number(found[2]);
  if (month < 1 || month > 12 || day < 1 || day > (DAYS[month - 1] ?? 0)) return null;
  return `${String(month).padStart(2, "0")}-${String(day).padStart(2, "0")}`;
}
