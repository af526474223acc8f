/** What a merge screen decides: the fields that differ, what is chosen at first, what is sent. Without React. */
import type { FieldDef, ObjectDef, RecordData } from "@/shared/api/types";
import { isWritable, same } from "./model";

export const ALL = "all";
const SEVERAL = ["tags", "multi_select", "users", "relation_many", "file"];
const KEPT = ["stage", "pipeline", "team"];

const isEmpty = (value: unknown) =>
  value === null || value === undefined || value === "" || (Array.isArray(value) && value.length === 0);

/** Whether the values of all records of a field can be joined. */
export const joins = (field: FieldDef) => SEVERAL.includes(field.type);

/** The fields in which the records differ and which somebody may decide. */
export function differing(object: ObjectDef, records: RecordData[]): FieldDef[] {
  return object.fields.filter((field) => {
    if (!isWritable(field) || field.config.system_set || (field.system && field.key !== "owner"))
      return false;
    const [first, ...rest] = records.map((record) => record[field.key]);
    return rest.some((value) => !same(first, value));
  });
}

/** The record whose value a field has at first: the survivor's, else the first that is not empty; of several all. */
export function usual(field: FieldDef, records: RecordData[], survivor: string): string {
  if (joins(field)) return ALL;
  if (KEPT.includes(field.type) || field.key === "owner") return survivor;
  const order = [...records].sort((a, b) => Number(b.id === survivor) - Number(a.id === survivor));
  return order.find((record) => !isEmpty(record[field.key]))?.id ?? survivor;
}

/** The survivor that is offered: the one with most filled in, the older one of two. */
export function fullest(object: ObjectDef, records: RecordData[]): string {
  const filled = (record: RecordData) => object.fields.filter((field) => !isEmpty(record[field.key])).length;
  const order = [...records].sort(
    (a, b) => filled(b) - filled(a) || String(a.created_at ?? "").localeCompare(String(b.created_at ?? "")),
  );
  return order[0]?.id ?? "";
}

/** The body of the merge. */
export function mergeBody(
  fields: FieldDef[],
  records: RecordData[],
  survivor: string,
  chosen: Record<string, string>,
) {
  return {
    others: records.map((one) => one.id).filter((id) => id !== survivor),
    versions: Object.fromEntries(records.map((one) => [one.id, one.version])),
    values: Object.fromEntries(
      fields.map((field) => [field.key, chosen[field.key] ?? usual(field, records, survivor)]),
    ),
  };
}
