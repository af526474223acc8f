/** What the record screens decide, without React: columns, sections, what is sent, what is in conflict. */
import type { ProblemBody } from "@/shared/api/client";
import type { FieldDef, Labels, ObjectDef, RecordData } from "@/shared/api/types";

export type Values = Record<string, unknown>;

/** What the server takes: ids instead of links and files, everything else as it is. */
export function sendable(values: Values): Values {
  const one = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(one);
    if (!value || typeof value !== "object") return value;
    const found = value as Values;
    if ("object" in found && "id" in found) return { object: found.object, id: found.id };
    if ("id" in found && ("label" in found || "mime" in found)) return found.id;
    return Object.fromEntries(Object.entries(found).map(([key, inner]) => [key, one(inner)]));
  };
  return one(values) as Values;
}

/** Whether two values of a record mean the same: links by id, figures by size, nothing as empty. */
export function same(left: unknown, right: unknown): boolean {
  const plain = (value: unknown): unknown => {
    if (value === undefined || value === null || value === "") return null;
    if (Array.isArray(value)) return value.length ? value.map(plain) : null;
    if (typeof value === "object") {
      const found = value as Values;
      if ("id" in found && ("label" in found || "mime" in found)) return found.id;
      return Object.fromEntries(
        Object.entries(found)
          .map(([key, inner]) => [key, plain(inner)] as const)
          .filter(([, inner]) => inner !== null),
      );
    }
    return typeof value === "string" && /^-?\d+\.\d+$/.test(value) ? String(Number(value)) : String(value);
  };
  return JSON.stringify(plain(left)) === JSON.stringify(plain(right));
}

/** Of what was typed, only what differs from the record. */
export function changesOf(record: RecordData | undefined, typed: Values): Values {
  if (!record) return typed;
  return Object.fromEntries(Object.entries(typed).filter(([key, value]) => !same(record[key], value)));
}

export interface Clash {
  field: FieldDef;
  mine: unknown;
  theirs: unknown;
}

/** The fields that both changed since `base` was read, with both values; the rest of what is mine needs no question. */
export function clashesOf(object: ObjectDef, base: RecordData, mine: Values, theirs: RecordData): Clash[] {
  return object.fields
    .filter((field) => field.key in mine)
    .filter((field) => !same(base[field.key], theirs[field.key]) && !same(mine[field.key], theirs[field.key]))
    .map((field) => ({ field, mine: mine[field.key], theirs: theirs[field.key] }));
}

/** Fields of a refused move, in the order the server names them. */
export function missingOf(problem: ProblemBody): string[] {
  const told = problem.params?.missing;
  if (Array.isArray(told)) return told.map(String);
  return problem.errors.map((one) => one.field);
}

export const hintOf = (problem: ProblemBody): Labels | undefined => {
  const hint = problem.params?.hint as Labels | undefined;
  return hint && (hint.zh || hint.en) ? hint : undefined;
};

export const isWritable = (field: FieldDef) => !field.computed && field.level === "write";

/** The columns a list shows: the name first, then those wanted, else those of the object; never one that is not there. */
export function columnsOf(object: ObjectDef, wanted?: string[]): string[] {
  const known = new Set(object.fields.map((field) => field.key));
  const listed =
    wanted ?? object.config.list ?? object.fields.filter((field) => field.on_form).map((one) => one.key);
  const name = object.name_field && known.has(object.name_field) ? object.name_field : "serial";
  const found = listed.filter((column) => known.has(column) && column !== name);
  return [name, ...(wanted ? found : found.slice(0, 9))].filter((column) => known.has(column));
}

export interface Section {
  key: string;
  labels?: Labels;
  fields: FieldDef[];
}

/** The fields of a form in its order; the folded rest grouped by section. */
export function sectionsOf(object: ObjectDef, shown: (field: FieldDef) => boolean, all: boolean): Section[] {
  const order = object.config.form ?? [];
  const place = (field: FieldDef) => {
    const at = order.indexOf(field.key);
    return at < 0 ? 1000 : at;
  };
  const first = object.fields.filter((field) => isWritable(field) && shown(field) && place(field) < 1000);
  first.sort((a, b) => place(a) - place(b));
  const extra = object.fields.filter(
    (field) => isWritable(field) && !first.includes(field) && (all || shown(field)),
  );
  const sections: Section[] = [{ key: "form", fields: first }];
  for (const field of extra) {
    const key = field.section ?? "other";
    let section = sections.find((one) => one.key === key);
    if (!section) {
      section = { key, labels: object.config.sections?.find((one) => one.key === key)?.labels, fields: [] };
      sections.push(section);
    }
    section.fields.push(field);
  }
  return sections.filter((section) => section.fields.length > 0);
}

/** Whether a field tells records apart, so that a value typed twice is worth a warning. */
export const watched = (field: FieldDef) => field.unique === true || field.config.duplicate_warning === true;

export interface Related {
  object: ObjectDef;
  field: FieldDef;
}

/** Lists of other objects that point here: those whose form shows the relation, each object once. */
export function relatedOf(objects: ObjectDef[], key: string): Related[] {
  const found: Related[] = [];
  for (const object of objects) {
    if (object.kind !== "object" || object.key === key) continue;
    const field = object.fields.find(
      (one) =>
        !one.system &&
        one.on_form &&
        ((one.type === "relation" && one.target === key) ||
          (one.type === "relation_any" &&
            (!one.config.objects || (one.config.objects as string[]).includes(key)))),
    );
    if (field) found.push({ object, field });
  }
  return found;
}

/** The sort after a click on a header: up, down, and back to the list's own order. */
export function nextSort(present: string, column: string): string {
  const first = present.split(",")[0];
  if (first === column) return `-${column}`;
  return column;
}

/** A copy of a list with one entry moved to another place. */
export function moved<T>(list: T[], from: number, to: number): T[] {
  const next = [...list];
  const [one] = next.splice(from, 1);
  if (one !== undefined) next.splice(to, 0, one);
  return next;
}
