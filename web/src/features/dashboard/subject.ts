import type { FieldDef, ObjectDef, OptionDef } from "@/shared/api/types";
import type { Leaf } from "@/shared/conditions";

/** What the dashboard speaks of: an object with stages, and which of its fields are its money and its dates. */
export interface Subject {
  object: ObjectDef;
  stage: FieldDef;
  stages: OptionDef[];
  money: FieldDef | undefined;
  closesOn: FieldDef | undefined;
  closedAt: FieldDef | undefined;
  owner: FieldDef | undefined;
}

const isOpenToReader = (field: FieldDef) => field.level === "read" || field.level === "write";

function pick(object: ObjectDef, types: string[], names: string[]): FieldDef | undefined {
  const fit = object.fields.filter(
    (field) => types.includes(field.type) && isOpenToReader(field) && !field.system,
  );
  const named = names.map((name) => fit.find((field) => field.key === name)).find(Boolean);
  const shown = (object.config.list ?? []).map((key) => fit.find((field) => field.key === key)).find(Boolean);
  return named ?? shown ?? fit[0];
}

/** The first object with stages that the reader may see; undefined when there is none. */
export function subjectOf(objects: ObjectDef[]): Subject | undefined {
  for (const object of objects) {
    const stage = object.fields.find((field) => field.type === "stage" && isOpenToReader(field));
    if (object.kind !== "object" || !stage?.options?.length) continue;
    const closesOn = pick(object, ["date", "datetime"], ["close_date"]);
    const closedAt = object.fields.find((field) => field.key === "closed_at" && isOpenToReader(field));
    return {
      object,
      stage,
      stages: stage.options.filter((option) => option.active !== false),
      money: pick(object, ["money"], ["amount"]),
      closesOn,
      closedAt: closedAt ?? closesOn,
      owner: object.fields.find((field) => field.key === "owner" && isOpenToReader(field)),
    };
  }
  return undefined;
}

export const PERIODS = ["this_month", "this_quarter", "this_year", "last_year", "all"] as const;
export type Period = (typeof PERIODS)[number];

export const periodOf = (raw: string | undefined): Period =>
  PERIODS.find((one) => one === raw) ?? "this_year";

/** Conditions of the records behind a number: the same tree is counted and opened. */
export const conditions = (subject: Subject) => {
  const kinds = (kind: string) => subject.stages.filter((one) => one.kind === kind).map((one) => one.key);
  const at = (keys: string[]): Leaf => ({ field: subject.stage.key, op: "in", value: keys });
  const during = (period: Period): Leaf[] =>
    period === "all" || !subject.closedAt
      ? []
      : [{ field: subject.closedAt.key, op: "in_period", value: { period } }];
  return {
    open: (...more: Leaf[]) => ({ all: [at(kinds("open")), ...more] }),
    stage: (key: string) => ({ all: [at([key])] }),
    won: (period: Period, ...more: Leaf[]) => ({ all: [at(kinds("won")), ...during(period), ...more] }),
    closed: (period: Period) => ({ all: [at([...kinds("won"), ...kinds("lost")]), ...during(period)] }),
    month: (field: FieldDef, month: string): Leaf[] => [
      { field: field.key, op: "gte", value: `${month}-01` },
      { field: field.key, op: "lt", value: `${nextMonth(month)}-01` },
    ],
    overdue: (): Leaf[] =>
      subject.closesOn
        ? [{ field: subject.closesOn.key, op: "lt", value: { relative: "today", offset: 0, unit: "day" } }]
        : [],
    owner: (id: string): Leaf => ({ field: "owner", op: "eq", value: id }),
  };
};

/** 2026-12 → 2027-01. */
export function nextMonth(month: string): string {
  const [year = 0, number = 1] = month.split("-").map(Number);
  return number === 12 ? `${year + 1}-01` : `${year}-${String(number + 1).padStart(2, "0")}`;
}

/** The months from the first to the last, with none left out: a month without a deal is a gap one can see. */
export function monthsBetween(first: string, last: string): string[] {
  const found = [first];
  while ((found.at(-1) as string) < last && found.length < 240) found.push(nextMonth(found.at(-1) as string));
  return found;
}
