import type { FieldDef, Labels, LayoutSection, OptionDef } from "@/shared/api/types";
import type { Designed, RetiredField } from "./api";
import { typeInfo } from "./fieldTypes";

/** One step of a draft, as the server keeps it. Steps with the same `step` are undone together. */
export type Operation = { step?: number } & (
  | { op: "layout"; sections: LayoutSection[] }
  | { op: "add"; name: string; field: Record<string, unknown> }
  | { op: "change"; field: string; changes: Record<string, unknown> }
  | { op: "retire"; field: string }
  | { op: "restore"; field: string }
);

/** What became of a field in the draft: made, changed, brought back. */
export type Mark = "new" | "changed" | "back";
export type DraftField = FieldDef & { mark?: Mark };

/** An object as the draft would make it. */
export interface Drafted {
  fields: DraftField[];
  sections: LayoutSection[];
  /** Own fields that stand in no section. */
  unplaced: DraftField[];
  retired: (RetiredField & { mark?: boolean })[];
  arranged: boolean;
}

const HEAD = [
  "key",
  "type",
  "labels",
  "help",
  "required",
  "unique",
  "default",
  "section",
  "on_form",
  "sensitive",
];

/** A field with changes in the form of the API laid over it. */
function changed(field: DraftField, changes: Record<string, unknown>): DraftField {
  const next = { ...field, config: { ...field.config } } as DraftField & Record<string, unknown>;
  for (const [name, value] of Object.entries(changes)) {
    if (name === "key") next.draftKey = value;
    else if (HEAD.includes(name)) next[name] = value;
    else if (name === "options") next.options = value as OptionDef[];
    else if (name === "target") next.target = value as string;
    else next.config[name] = value;
  }
  if (field.mark !== "new") next.mark = field.mark ?? "changed";
  return next;
}

const blank = (key: string, type: string, labels: Labels): DraftField => ({
  key,
  type,
  kind: null,
  labels,
  required: false,
  default: null,
  section: null,
  on_form: true,
  computed: typeInfo(type).computed ?? false,
  system: false,
  level: "write",
  config: {},
});

/** The object with the steps of a draft carried out on it; nothing is asked of the server. */
export function applyDraft(object: Designed, operations: Operation[]): Drafted {
  let fields: DraftField[] = object.fields;
  let retired: Drafted["retired"] = object.retired_fields ?? [];
  let sections = object.layout?.sections ?? [];
  let arranged = false;
  for (const one of operations) {
    if (one.op === "layout") {
      sections = one.sections;
      arranged = true;
    } else if (one.op === "add") {
      const made = changed(blank(one.name, String(one.field.type), one.field.labels as Labels), one.field);
      fields = [...fields, { ...made, key: one.name, mark: "new" }];
    } else if (one.op === "change") {
      fields = fields.map((field) => (field.key === one.field ? changed(field, one.changes) : field));
    } else if (one.op === "retire") {
      const gone = fields.find((field) => field.key === one.field);
      fields = fields.filter((field) => field.key !== one.field);
      if (gone && gone.mark !== "new")
        retired = [...retired, { key: gone.key, type: gone.type, labels: gone.labels, mark: true }];
    } else {
      const back = retired.find((field) => field.key === one.field);
      retired = retired.filter((field) => field.key !== one.field);
      const before = object.fields.find((field) => field.key === one.field);
      if (before) fields = [...fields, before];
      else if (back) fields = [...fields, { ...blank(back.key, back.type, back.labels), mark: "back" }];
    }
  }
  const known = new Set(fields.map((field) => field.key));
  const shown = sections.map((section) => ({
    ...section,
    fields: section.fields.filter((key) => known.has(key)),
  }));
  const placed = new Set(shown.flatMap((section) => section.fields));
  return {
    fields,
    sections: shown,
    unplaced: fields.filter((field) => !field.system && !placed.has(field.key)),
    retired,
    arranged,
  };
}

/** The next name for a field that has no key yet. */
export function newName(operations: Operation[]): string {
  const numbers = operations.map((one) => (one.op === "add" ? Number(one.name.slice(1)) : 0));
  return `~${Math.max(0, ...numbers) + 1}`;
}

export interface Steps {
  operations: Operation[];
  position: number;
}

/**
 * Steps with further ones behind the present position; what was undone is forgotten. Typing into one setting of one
 * field stays one step.
 */
export function pushed({ operations, position }: Steps, more: Operation[]): Steps {
  const kept = operations.slice(0, position);
  const last = kept[kept.length - 1];
  const only = more.length === 1 ? more[0] : undefined;
  if (
    last?.op === "change" &&
    only?.op === "change" &&
    position === operations.length &&
    last.field === only.field &&
    Object.keys(last.changes).join() === Object.keys(only.changes).join()
  ) {
    const merged = [...kept.slice(0, -1), { ...last, changes: only.changes }];
    return { operations: merged, position: merged.length };
  }
  const step = Math.max(0, ...kept.map((one) => one.step ?? 0)) + 1;
  const next = [...kept, ...more.map((one) => ({ ...one, step }))];
  return { operations: next, position: next.length };
}

/** Where one step back leads. */
export function undone({ operations, position }: Steps): number {
  const step = operations[position - 1]?.step;
  let at = position - 1;
  while (at > 0 && step !== undefined && operations[at - 1]?.step === step) at -= 1;
  return Math.max(0, at);
}

/** Where one step forward leads. */
export function redone({ operations, position }: Steps): number {
  const step = operations[position]?.step;
  let at = Math.min(operations.length, position + 1);
  while (at < operations.length && step !== undefined && operations[at]?.step === step) at += 1;
  return at;
}

/** How many steps a person would count. */
export function stepCount({ operations, position }: Steps): number {
  return new Set(operations.slice(0, position).map((one, at) => one.step ?? `~${at}`)).size;
}

/** Settings without which a field cannot be made, by the names of their settings. */
export function lacking(field: DraftField): string[] {
  return typeInfo(field.type)
    .settings.filter((setting) => setting.needed)
    .map((setting) => setting.name)
    .filter((name) => {
      const value =
        name === "options" ? field.options : name === "target" ? field.target : field.config[name];
      return (
        value === undefined || value === null || value === "" || (Array.isArray(value) && value.length === 0)
      );
    });
}
