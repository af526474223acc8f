import { useQuery } from "@tanstack/react-query";
import { Button, Popover } from "antd";
import { History, Lock } from "lucide-react";
import { useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { ApiProblem, api, query } from "@/shared/api/client";
import { useMe } from "@/shared/api/queries";
import type { FieldDef, ObjectDef, RecordData } from "@/shared/api/types";
import { FieldInput } from "@/shared/fields/FieldInput";
import { FieldValue } from "@/shared/fields/FieldValue";
import { daysBetween, label, moment, todayIn } from "@/shared/format/format";
import { useSentence } from "@/shared/Problem";
import { useChangeWords } from "./changeWords";
import { lateBy } from "./columns";
import { isWritable, same, type Values } from "./model";
import { isEmpty } from "./process";
import type { Entry } from "./Timeline";

/** How one field came to its value. */
function FieldHistory({ object, record, field }: { object: ObjectDef; record: RecordData; field: FieldDef }) {
  const { t, i18n } = useTranslation();
  const me = useMe();
  const found = useQuery({
    queryKey: ["timeline", object.key, record.id, "field", field.key],
    queryFn: () =>
      api<{ entries: Entry[] }>(`/records/${object.key}/${record.id}/history${query({ field: field.key })}`),
  });
  const entries = found.data?.entries ?? [];
  const words = useChangeWords(object, record, entries);
  if (!found.data) return <p className="meta">…</p>;
  return (
    <ul className="field-history">
      {entries.length === 0 && <li className="meta">{t("record.noEntries")}</li>}
      {entries.map((entry) => {
        const [before, after] = entry.changes[field.key] ?? [null, null];
        return (
          <li key={entry.id} className="dense">
            {entry.kind !== "created" && (
              <>
                <del>{words(field.key, before)}</del> →{" "}
              </>
            )}
            <b className="strong">{words(field.key, after)}</b>
            <p className="meta">
              {entry.actor?.label ?? t("record.system")} ·{" "}
              {moment(entry.at, i18n.language, me.data?.workspace.time_zone ?? "UTC")}
            </p>
          </li>
        );
      })}
    </ul>
  );
}

/** A field and its value; a click edits it in place, the clock shows how it came about. */
export function Fact({
  object,
  field,
  record,
  empty,
  onSave,
}: {
  object: ObjectDef;
  field: FieldDef;
  record: RecordData;
  /** What to say instead of a dash where nothing is filled in. */
  empty?: string;
  onSave: (values: Values) => Promise<unknown>;
}) {
  const { t, i18n } = useTranslation();
  const me = useMe();
  const sentence = useSentence();
  const [open, setOpen] = useState(false);
  const [value, setValue] = useState<unknown>(null);
  const [problem, setProblem] = useState<string>();
  const [saved, setSaved] = useState(false);
  const [busy, setBusy] = useState(false);
  const button = useRef<HTMLButtonElement>(null);
  const name = label(field.labels, i18n.language);
  const may = isWritable(field) && field.type !== "line_items";
  const close = () => {
    setOpen(false);
    setTimeout(() => button.current?.focus(), 0);
  };
  const save = async () => {
    if (same(value, record[field.key])) return close();
    setBusy(true);
    try {
      await onSave({ [field.key]: value });
      close();
      setSaved(true);
      setTimeout(() => setSaved(false), 900);
    } catch (error) {
      setProblem(
        error instanceof ApiProblem ? (error.byField[field.key] ?? sentence(error)) : sentence(error),
      );
    } finally {
      setBusy(false);
    }
  };
  const today = todayIn(me.data?.workspace.time_zone ?? "UTC");
  const late = lateBy(object.fields, field, record, today);
  const ahead =
    field.key === "close_date" && late === null && typeof record[field.key] === "string" && !record.closed_at
      ? daysBetween(today, String(record[field.key]))
      : -1;
  if (open)
    return (
      <div className="fact open">
        <dt>
          <label htmlFor={`k-${field.key}`}>{name}</label>
        </dt>
        <dd
          onKeyDown={(event) => {
            if (event.key === "Escape") close();
            const many = ["long_text", "tags", "multi_select", "relation_many", "users"].includes(field.type);
            if (event.key !== "Enter" || event.nativeEvent.isComposing) return;
            if (!many || event.ctrlKey || event.metaKey) void save();
          }}
        >
          <FieldInput
            id={`k-${field.key}`}
            field={field}
            value={value}
            currency={record[`${field.key}_currency`] as string | undefined}
            onChange={setValue}
            status={problem ? "error" : undefined}
            aria-describedby={problem ? `k-${field.key}-error` : undefined}
            autoFocus
          />
          {problem && (
            <p className="bad meta" role="alert" id={`k-${field.key}-error`}>
              {problem}
            </p>
          )}
          <div className="row fact-do">
            <Button size="small" type="primary" loading={busy} onClick={save}>
              {t("form.save")}
            </Button>
            <Button size="small" onClick={close}>
              {t("form.cancel")}
            </Button>
          </div>
        </dd>
      </div>
    );
  const linked = ["relation", "email", "phone", "url", "file", "image", "relation_any"].includes(field.type);
  const filled = !isEmpty(record[field.key]);
  const shown =
    !filled && empty && may ? (
      <span className="fill">{empty}</span>
    ) : (
      <>
        <FieldValue field={field} record={record} still={may && linked} />
        {late !== null && <span className="bad"> {t("list.late", { count: late })}</span>}
        {ahead >= 0 && ahead <= 14 && (
          <span className="attention"> {t("record.left", { count: ahead })}</span>
        )}
      </>
    );
  const begin = () => {
    setValue(record[field.key] ?? null);
    setProblem(undefined);
    setOpen(true);
  };
  return (
    <div className={`fact${saved ? " saved" : ""}`}>
      <dt>{name}</dt>
      <dd>
        {linked && filled ? (
          <span className="grow fact-value">
            <FieldValue field={field} record={record} />
          </span>
        ) : may ? (
          <button
            ref={button}
            type="button"
            className="plain fact-value grow"
            aria-label={t("record.editField", { name })}
            onClick={begin}
          >
            {shown}
          </button>
        ) : (
          <span className="grow fact-value">
            {shown}
            {!field.computed && field.level === "read" && (
              <Lock size={12} role="img" aria-label={t("record.locked")} />
            )}
          </span>
        )}
        <span className="fact-tools">
          {linked && filled && may && (
            <button
              ref={button}
              type="button"
              className="plain"
              aria-label={t("record.editField", { name })}
              onClick={begin}
            >
              {t("record.edit")}
            </button>
          )}
          {!field.computed && (
            <Popover
              trigger="click"
              placement="bottomRight"
              content={<FieldHistory {...{ object, record, field }} />}
            >
              <button type="button" className="plain" aria-label={t("record.historyOf", { name })}>
                <History size={13} />
              </button>
            </Popover>
          )}
        </span>
      </dd>
    </div>
  );
}
