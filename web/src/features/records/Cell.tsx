import { Link } from "@tanstack/react-router";
import { CircleAlert, Lock, Plus } from "lucide-react";
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
import { Clashes } from "./Clashes";
import { lateBy } from "./columns";
import { type Clash, isWritable, same, type Values } from "./model";

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

/** What came of a save: stored, or somebody else was first and both values wait for a decision. */
export interface Saving {
  clash?: { clashes: Clash[]; who: string; latest: RecordData; decide: (kept: Values) => Promise<unknown> };
}

const CHOSEN_AT_ONCE = ["select", "stage", "date", "user", "relation", "boolean"];
const SEVERAL = ["tags", "multi_select", "relation_many", "users"];
const MENUS =
  ".ant-select-dropdown:not(.ant-select-dropdown-hidden), .ant-picker-dropdown:not(.ant-picker-dropdown-hidden)";

/** Why a cell cannot be changed where it stands; undefined when it can. */
function whyNot(field: FieldDef): string | undefined {
  if (editableHere(field)) return undefined;
  if (field.computed || field.system) return "list.lockedComputed";
  if (field.config.system_set) return "list.lockedEngine";
  if (field.level !== "write") return "list.lockedRight";
  return "list.lockedElsewhere";
}

/** The cell of a list: a click selects it, Enter or a second click edits it in its place. */
export function Cell({
  object,
  field,
  record,
  selected,
  editing,
  tier,
  stale,
  onSelect,
  onEdit,
  onGo,
  onSave,
}: {
  object: ObjectDef;
  field: FieldDef;
  record: RecordData;
  selected: boolean;
  editing: boolean;
  tier?: string;
  stale: boolean;
  onSelect: () => void;
  onEdit: (editing: boolean) => void;
  /** Right and down by so many cells; the last says whether to go on editing there. */
  onGo: (right: number, down: number, edit?: boolean) => void;
  onSave: (values: Values) => Promise<Saving>;
}) {
  const { t, i18n } = useTranslation();
  const sentence = useSentence();
  const [value, setValue] = useState<unknown>(null);
  const [problem, setProblem] = useState<string>();
  const [clash, setClash] = useState<Saving["clash"]>();
  const [saved, setSaved] = useState(false);
  const [busy, setBusy] = useState(false);
  const cell = useRef<HTMLDivElement>(null);
  const name = label(field.labels, i18n.language);
  const locked = whyNot(field);
  const open = editing && !locked;
  useEffect(() => {
    if (selected && !open) cell.current?.focus({ preventScroll: true });
  }, [selected, open]);
  // What is typed begins with what stands there: known before the input is drawn for the first time.
  const [was, setWas] = useState(false);
  if (open !== was) {
    setWas(open);
    setValue(record[field.key] ?? null);
    setProblem(undefined);
    setClash(undefined);
  }
  const stored = () => {
    setProblem(undefined);
    setClash(undefined);
    setSaved(true);
    setTimeout(() => setSaved(false), 900);
  };
  const finish = async (next: unknown, then: () => void = () => onEdit(false)) => {
    if (busy) return;
    if (same(next, record[field.key])) return then();
    setBusy(true);
    try {
      const done = await onSave({ [field.key]: next });
      if (done.clash) return setClash(done.clash);
      stored();
      then();
    } catch (error) {
      setProblem(
        error instanceof ApiProblem ? (error.byField[field.key] ?? sentence(error)) : sentence(error),
      );
    } finally {
      setBusy(false);
    }
  };
  const empty = record[field.key] === null || record[field.key] === undefined;
  if (open)
    return (
      <div
        className={`cell editing${isNumeric(field) ? " num" : ""}${problem ? " refused" : ""}`}
        role="cell"
        aria-busy={busy}
        onKeyDown={(event) => {
          event.stopPropagation();
          if (event.nativeEvent.isComposing || clash) return;
          if (event.key === "Escape") onEdit(false);
          if (event.key === "Tab") {
            event.preventDefault();
            void finish(value, () => onGo(event.shiftKey ? -1 : 1, 0, true));
          }
          if (event.key === "Enter" && !SEVERAL.includes(field.type)) {
            event.preventDefault();
            void finish(value);
          }
        }}
        onBlur={(event) => {
          if (problem || clash || event.currentTarget.contains(event.relatedTarget)) return;
          if (document.querySelector(MENUS)) return;
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
            if (CHOSEN_AT_ONCE.includes(field.type)) void finish(next);
          }}
        />
        {problem && (
          <p className="cell-problem" role="alert">
            {problem}
          </p>
        )}
        {clash && (
          <div className="cell-clash">
            <Clashes
              clashes={clash.clashes}
              who={clash.who}
              record={clash.latest}
              onDecide={async (kept) => {
                await clash.decide(kept);
                stored();
                onEdit(false);
              }}
              onCancel={() => onEdit(false)}
            />
          </div>
        )}
      </div>
    );
  const begin = () => !locked && onEdit(true);
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
        const arrows: Record<string, [number, number]> = {
          ArrowLeft: [-1, 0],
          ArrowRight: [1, 0],
          ArrowUp: [0, -1],
          ArrowDown: [0, 1],
        };
        const way = arrows[event.key];
        if (way) onGo(...way);
        else if (event.key === "Enter" || event.key === "e") begin();
        else return;
        event.preventDefault();
        event.stopPropagation();
      }}
    >
      <Shown {...{ object, field, record, tier, stale, empty }} />
      {selected && locked && (
        <>
          <Lock size={12} aria-hidden="true" className="lock" />
          <p className="cell-problem quiet" role="note">
            {t(locked)}
          </p>
        </>
      )}
    </div>
  );
}

/** The first column: the record's name, which opens it. What it opens is fetched when somebody is about to. */
export function NameCell({
  object,
  record,
  name,
  onIntent,
  onFocus,
}: {
  object: ObjectDef;
  record: RecordData;
  name: string;
  onIntent: () => void;
  onFocus: () => void;
}) {
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  return (
    <div className="cell first" role="cell">
      <Link
        className="name"
        id={`row-${record.id}`}
        to="/o/$object/$id"
        params={{ object: object.key, id: record.id }}
        onPointerEnter={() => {
          timer.current = setTimeout(onIntent, 60);
        }}
        onPointerLeave={() => clearTimeout(timer.current)}
        onPointerDown={onIntent}
        onFocus={() => {
          onFocus();
          onIntent();
        }}
      >
        {name}
      </Link>
    </div>
  );
}

export const accountOf = (field: FieldDef, record: RecordData): string | undefined =>
  field.target === "account" ? (record[field.key] as RecordLink | null)?.id : undefined;
