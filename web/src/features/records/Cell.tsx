import { Link } from "@tanstack/react-router";
import { CircleAlert, Plus } from "lucide-react";
import { useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { ApiProblem } from "@/shared/api/client";
import { useMe } from "@/shared/api/queries";
import type { FieldDef, ObjectDef, RecordData, Link as RecordLink } from "@/shared/api/types";
import { FieldInput } from "@/shared/fields/FieldInput";
import { FieldValue, isNumeric } from "@/shared/fields/FieldValue";
import { day, label, todayIn } from "@/shared/format/format";
import { useSentence } from "@/shared/Problem";
import { TierMark } from "@/shared/TierMark";
import { lateBy } from "./columns";
import { isWritable, same, type Values } from "./model";

const NOT_HERE = ["file", "image", "line_items", "relation_any", "long_text"];

export const editableHere = (field: FieldDef) => isWritable(field) && !NOT_HERE.includes(field.type);

/** Without the year, when it is this one. */
const short = (date: string) => (date.startsWith(`${new Date().getFullYear()}-`) ? date.slice(5) : date);

/** A value in a list with what is worth noticing about it: a date that has passed, a stay too long, a step missing. */
function Shown({
  object,
  field,
  record,
  tier,
  stale,
  empty,
}: {
  object: ObjectDef;
  field: FieldDef;
  record: RecordData;
  tier?: string;
  stale: boolean;
  empty: boolean;
}) {
  const { t, i18n } = useTranslation();
  const me = useMe();
  const late = lateBy(object.fields, field, record, todayIn(me.data?.workspace.time_zone ?? "UTC"));
  if (late !== null)
    return (
      <span className="row bad strong num" title={t("list.late", { count: late })}>
        <CircleAlert size={13} aria-hidden="true" />
        {t("list.past", { date: short(day(record[field.key], i18n.language)) })}
      </span>
    );
  if (field.key === "days_in_stage" && record[field.key] != null)
    return (
      <span className={`num${stale ? " attention strong" : ""}`} title={stale ? t("list.stale") : undefined}>
        {t("record.days", { count: Number(record[field.key]) })}
      </span>
    );
  if (empty && field.key === "next_step")
    return (
      <span className="meta row">
        <Plus size={12} /> {t("list.fill", { name: label(field.labels, i18n.language) })}
      </span>
    );
  return (
    <>
      {tier && <TierMark tier={tier} />}
      <FieldValue field={field} record={record} plain />
    </>
  );
}

/** The cell of a list: a click selects it, Enter or a second click edits it in its place. */
export function Cell({
  object,
  field,
  record,
  selected,
  tier,
  stale,
  onSelect,
  onSave,
}: {
  object: ObjectDef;
  field: FieldDef;
  record: RecordData;
  selected: boolean;
  tier?: string;
  stale: boolean;
  onSelect: () => void;
  onSave: (values: Values) => Promise<unknown>;
}) {
  const { i18n } = useTranslation();
  const sentence = useSentence();
  const [editing, setEditing] = useState(false);
  const [value, setValue] = useState<unknown>(null);
  const [problem, setProblem] = useState<string>();
  const [saved, setSaved] = useState(false);
  const cell = useRef<HTMLDivElement>(null);
  const name = label(field.labels, i18n.language);
  const may = editableHere(field);
  useEffect(() => {
    if (selected && !editing) cell.current?.focus({ preventScroll: true });
  }, [selected, editing]);
  const begin = () => {
    if (!may) return;
    setValue(record[field.key] ?? null);
    setProblem(undefined);
    setEditing(true);
  };
  const finish = async (next: unknown) => {
    if (same(next, record[field.key])) return setEditing(false);
    try {
      await onSave({ [field.key]: next });
      setEditing(false);
      setSaved(true);
      setTimeout(() => setSaved(false), 900);
    } catch (error) {
      setProblem(
        error instanceof ApiProblem ? (error.byField[field.key] ?? sentence(error)) : sentence(error),
      );
    }
  };
  const empty = record[field.key] === null || record[field.key] === undefined;
  if (editing)
    return (
      <div
        className={`cell editing${isNumeric(field) ? " num" : ""}${problem ? " refused" : ""}`}
        role="cell"
        onKeyDown={(event) => {
          event.stopPropagation();
          if (event.key === "Escape") setEditing(false);
          if (
            event.key === "Enter" &&
            !event.nativeEvent.isComposing &&
            !["tags", "multi_select", "relation_many", "users"].includes(field.type)
          ) {
            event.preventDefault();
            void finish(value);
          }
        }}
        onBlur={(event) => {
          if (problem || event.currentTarget.contains(event.relatedTarget)) return;
          if (
            document.querySelector(
              ".ant-select-dropdown:not(.ant-select-dropdown-hidden), .ant-picker-dropdown:not(.ant-picker-dropdown-hidden)",
            )
          )
            return;
          void finish(value);
        }}
      >
        <FieldInput
          field={field}
          value={value}
          currency={record[`${field.key}_currency`] as string | undefined}
          autoFocus
          aria-label={name}
          aria-invalid={problem ? true : undefined}
          status={problem ? "error" : undefined}
          onChange={(next) => {
            setValue(next);
            if (["select", "stage", "date", "user", "relation", "boolean"].includes(field.type))
              void finish(next);
          }}
        />
        {problem && (
          <p className="cell-problem" role="alert">
            {problem}
          </p>
        )}
      </div>
    );
  return (
    <div
      ref={cell}
      role="cell"
      tabIndex={selected ? 0 : undefined}
      aria-label={selected ? name : undefined}
      className={`cell${isNumeric(field) ? " num" : ""}${selected ? " chosen" : ""}${saved ? " saved" : ""}`}
      onClick={(event) => {
        if ((event.target as HTMLElement).closest("a")) return;
        if (selected) begin();
        else onSelect();
      }}
      onKeyDown={(event) => {
        if (event.key === "Enter" || event.key === "e") {
          event.preventDefault();
          event.stopPropagation();
          begin();
        }
      }}
    >
      <Shown {...{ object, field, record, tier, stale, empty }} />
    </div>
  );
}

/** The first column: the record's name, which opens it. */
export function NameCell({ object, record, name }: { object: ObjectDef; record: RecordData; name: string }) {
  return (
    <div className="cell first" role="cell">
      <Link
        className="name"
        id={`row-${record.id}`}
        to="/o/$object/$id"
        params={{ object: object.key, id: record.id }}
      >
        {name}
      </Link>
    </div>
  );
}

export const accountOf = (field: FieldDef, record: RecordData): string | undefined =>
  field.target === "account" ? (record[field.key] as RecordLink | null)?.id : undefined;
