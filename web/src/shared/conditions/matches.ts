/** The tree read against one record, with the same answers as the server's SQL. */
import { addDays, bounds, dayStart, localDay, micros, relativeDay, relativeInstant } from "./days";
import { fold } from "./fold";
import {
  type Condition,
  type Context,
  type FieldShape,
  isLeaf,
  type Leaf,
  type Period,
  type Relative,
  TRUE_WHEN_EMPTY,
} from "./shapes";

/**
 * Whether a record meets the condition. `record` holds wire values by field key; a relation may hold the related
 * record's fields beside its `id`, for dotted paths. A field that `context.fields` does not know is empty.
 */
export function matches(condition: Condition, record: Record<string, unknown>, context: Context): boolean {
  if (isLeaf(condition)) return leaf(condition, record, context);
  if ("not" in condition) return !matches(condition.not as Condition, record, context);
  if ("any" in condition) {
    return (condition.any as Condition[]).some((node) => matches(node, record, context));
  }
  return ((condition.all as Condition[] | undefined) ?? []).every((node) => matches(node, record, context));
}

function valueAt(record: Record<string, unknown>, path: string[]): unknown {
  let value: unknown = record;
  for (const key of path) value = isObject(value) ? value[key] : undefined;
  return value;
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);
const idOf = (value: unknown) => (isObject(value) && "id" in value ? value.id : value);
const plain = (value: unknown) => (isObject(value) && "amount" in value ? value.amount : idOf(value));

function leaf(one: Leaf, record: Record<string, unknown>, context: Context): boolean {
  const path = one.field.split(".");
  const shape = context.fields(path);
  const raw = shape ? plain(valueAt(record, path)) : null;
  const isEmpty = raw === null || raw === undefined || raw === "" || (Array.isArray(raw) && raw.length === 0);
  const op = one.op;
  if (op === "empty" || op === "not_empty") return isEmpty === (op === "empty");
  const given: unknown[] = Array.isArray(one.value) ? one.value : [one.value];
  if (isEmpty || !shape) {
    return TRUE_WHEN_EMPTY.includes(op) || (op === "contains_all" && given.length === 0);
  }
  return compare(op, shape, raw, given, context);
}

function compare(op: string, shape: FieldShape, raw: unknown, given: unknown[], context: Context): boolean {
  switch (shape.kind) {
    case "options":
    case "relations":
    case "users":
      return many(op, (raw as unknown[]).map(idOf), people(shape, given, context));
    case "text":
      return text(
        op,
        fold(String(raw)),
        given.map((item) => fold(String(item))),
      );
    case "number":
      return number(op, String(raw), given.map(String));
    case "date": {
      const [first, after] = dayRange(op, given, context);
      const day = String(raw);
      return ((!first || day >= first) && (!after || day < after)) !== flips(op);
    }
    case "datetime": {
      const [first, after] = instantRange(op, given, context);
      const at = micros(String(raw));
      return ((first === null || at >= first) && (after === null || at < after)) !== flips(op);
    }
    case "month_day":
      return monthDays(given[0], context).has(String(raw).slice(-5));
  }
  if (op === "under") return String(raw) === given[0] || String(raw).startsWith(stem(String(given[0])));
  return people(shape, given, context).includes(raw) !== flips(op);
}

const flips = (op: string) => op === "ne" || op === "not_in" || op === "not_in_period";

function many(op: string, held: unknown[], wanted: unknown[]): boolean {
  if (op === "contains_all") return wanted.every((item) => held.includes(item));
  return wanted.some((item) => held.includes(item)) === (op === "contains_any");
}

function text(op: string, value: string, wanted: string[]): boolean {
  const first = wanted[0] ?? "";
  if (op === "contains" || op === "not_contains") return value.includes(first) === (op === "contains");
  if (op === "starts_with") return value.startsWith(first);
  if (op === "ends_with") return value.endsWith(first);
  return wanted.includes(value) !== flips(op);
}

/** A decimal text as a whole number of 10^-places. */
function scaled(value: string, places: number): bigint {
  const [mantissa = "0", exponent = "0"] = value.toLowerCase().split("e");
  const [whole = "0", fraction = ""] = mantissa.replace("+", "").split(".");
  const shift = places + Number(exponent) - fraction.length;
  return (BigInt(whole + fraction) * 10n ** BigInt(Math.max(0, shift))) / 10n ** BigInt(Math.max(0, -shift));
}

function places(value: string): number {
  const [mantissa = "", exponent = "0"] = value.toLowerCase().split("e");
  return Math.max(0, (mantissa.split(".")[1] ?? "").length - Number(exponent));
}

function number(op: string, value: string, wanted: string[]): boolean {
  const most = Math.max(places(value), ...wanted.map(places));
  const at = scaled(value, most);
  const [low = 0n, high = 0n] = wanted.map((item) => scaled(item, most));
  switch (op) {
    case "gt":
      return at > low;
    case "gte":
      return at >= low;
    case "lt":
      return at < low;
    case "lte":
      return at <= low;
    case "between":
      return at >= low && at <= high;
  }
  return wanted.some((item) => scaled(item, most) === at) !== flips(op);
}

/** Ids with me and my team put in. */
function people(shape: FieldShape, given: unknown[], context: Context): unknown[] {
  const teams = shape.kind === "team";
  return given.flatMap((item): unknown[] => {
    const who = isObject(item) ? item.who : undefined;
    if (who === undefined) return [idOf(item)];
    if (who === "me") return teams ? (context.teamIds ?? []) : context.userId ? [context.userId] : [];
    if (who === "my_team") return (teams ? context.teamIds : context.teamUserIds) ?? [];
    return (teams ? context.teamTreeIds : context.teamTreeUserIds) ?? [];
  });
}

const isPeriod = (value: unknown): value is Period => isObject(value) && "period" in value;
const isRelative = (value: unknown): value is Relative => isObject(value) && "relative" in value;
const asPeriod = (value: unknown): Period | null =>
  isPeriod(value) ? value : typeof value === "string" ? { period: value } : null;

function day(value: unknown, context: Context): string {
  return isRelative(value) ? relativeDay(value, context.now, context.zone) : String(value);
}

/** The days [first, after) that a date leaf means; null leaves that side open. */
function dayRange(op: string, given: unknown[], context: Context): [string | null, string | null] {
  if (op === "in_period" || op === "not_in_period") {
    const period = asPeriod(given[0]) ?? { period: "today" };
    return bounds(period, localDay(context.now.getTime(), context.zone), context.fiscalStartMonth);
  }
  const first = day(given[0], context);
  const after = addDays(op === "between" ? day(given[1], context) : first, 1);
  switch (op) {
    case "gt":
      return [after, null];
    case "gte":
      return [first, null];
    case "lt":
      return [null, first];
    case "lte":
      return [null, after];
  }
  return [first, after];
}

/** The instants [first, after) in microseconds that a value means: a whole local day, or one instant. */
function instants(value: unknown, context: Context): [number, number] {
  if (isRelative(value) && value.relative === "now") {
    const at = relativeInstant(value, context.now, context.zone) * 1000;
    return [at, at + 1];
  }
  if (typeof value === "string" && value.length > 10) return [micros(value), micros(value) + 1];
  const from = day(value, context);
  return [dayStart(from, context.zone) * 1000, dayStart(addDays(from, 1), context.zone) * 1000];
}

function instantRange(op: string, given: unknown[], context: Context): [number | null, number | null] {
  if (op === "in_period" || op === "not_in_period") {
    const [from, to] = dayRange(op, given, context) as [string, string];
    return [dayStart(from, context.zone) * 1000, dayStart(to, context.zone) * 1000];
  }
  const [first, after] = instants(given[0], context);
  switch (op) {
    case "between":
      return [first, instants(given[1], context)[1]];
    case "gt":
      return [after, null];
    case "gte":
      return [first, null];
    case "lt":
      return [null, first];
    case "lte":
      return [null, after];
  }
  return [first, after];
}

/** The MM-DD texts that a month-day leaf means; 29 February is kept on the 28th in common years. */
function monthDays(value: unknown, context: Context): Set<string> {
  if (!isPeriod(value)) return new Set([String(value).slice(-5)]);
  const today = localDay(context.now.getTime(), context.zone);
  const [first, after] = bounds(value, today, context.fiscalStartMonth);
  const found = new Set<string>();
  for (let at = first, count = 0; at < after && count < 367; at = addDays(at, 1), count++) {
    found.add(at.slice(5));
    if (at.slice(5) === "02-28" && addDays(at, 1).slice(5) === "03-01") found.add("02-29");
  }
  return found;
}

/** The beginning that a region's descendants share: 330000 gives 33, 330100 gives 3301. */
function stem(code: string): string {
  if (code.endsWith("0000")) return code.slice(0, 2);
  return code.endsWith("00") ? code.slice(0, 4) : code;
}
