import { Button, Drawer } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { ApiProblem, api } from "@/shared/api/client";
import type { FieldDef, Link, ObjectDef, RecordData } from "@/shared/api/types";
import { FieldInput } from "@/shared/fields/FieldInput";
import { label } from "@/shared/format/format";
import { useSentence } from "@/shared/Problem";

type Values = Record<string, unknown>;

/** What the server takes: ids instead of links, nothing that did not change. */
export function sendable(values: Values): Values {
  const one = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(one);
    if (value && typeof value === "object" && "id" in value && "label" in value) return (value as Link).id;
    if (value && typeof value === "object")
      return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, one(inner)]));
    return value;
  };
  return one(values) as Values;
}

const LONG = ["long_text", "line_items"];

/** The form of an object, for a new record or an old one. What was typed survives a refusal. */
export function RecordForm({
  object,
  record,
  only,
  onClose,
  onSaved,
  initial,
}: {
  object: ObjectDef;
  record?: RecordData;
  only?: string[];
  initial?: Values;
  onClose: () => void;
  onSaved: (record: RecordData) => void;
}) {
  const { t, i18n } = useTranslation();
  const [changed, setChanged] = useState<Values>(initial ?? {});
  const [error, setError] = useState<unknown>(null);
  const [busy, setBusy] = useState(false);
  const [all, setAll] = useState(false);
  const sentence = useSentence();
  const locale = i18n.language;
  const problems = error instanceof ApiProblem ? error.byField : {};
  const writable = object.fields.filter((field) => !field.computed && field.level === "write");
  const shown = writable.filter((field) =>
    only ? only.includes(field.key) : all || field.on_form || problems[field.key] !== undefined,
  );
  const order = object.config.form ?? [];
  const place = (field: FieldDef) => (order.includes(field.key) ? order.indexOf(field.key) : 999);
  const sorted = only ? shown : [...shown].sort((a, b) => place(a) - place(b));
  const currentOf = (field: FieldDef) =>
    field.key in changed ? changed[field.key] : record ? record[field.key] : field.default;
  const save = async () => {
    setBusy(true);
    setError(null);
    try {
      const body = sendable(changed);
      const saved = record
        ? await api<RecordData>(`/records/${object.key}/${record.id}`, {
            method: "PATCH",
            body,
            version: record.version,
          })
        : await api<RecordData>(`/records/${object.key}`, { body });
      onSaved(saved);
    } catch (problem) {
      setError(problem);
      const first = problem instanceof ApiProblem ? problem.body.errors[0]?.field : undefined;
      if (first) setTimeout(() => document.getElementById(`f-${first}`)?.focus(), 50);
    } finally {
      setBusy(false);
    }
  };
  const name = label(object.labels, locale);
  return (
    <Drawer
      open
      size={760}
      onClose={onClose}
      title={record ? t("form.edit", { name }) : t("form.create", { name })}
      extra={
        <div className="row">
          <Button onClick={onClose}>{t("form.cancel")}</Button>
          <Button type="primary" loading={busy} onClick={save}>
            {t("form.save")}
          </Button>
        </div>
      }
    >
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void save();
        }}
        onKeyDown={(event) => {
          if ((event.metaKey || event.ctrlKey) && event.key === "Enter" && !event.nativeEvent.isComposing)
            void save();
        }}
      >
        {error !== null && (
          <p className="bad dense" role="alert" style={{ marginBottom: 12 }}>
            {sentence(error)}
          </p>
        )}
        <div className="fields two">
          {sorted.map((field) => {
            const id = `f-${field.key}`;
            const problem = problems[field.key];
            return (
              <div key={field.key} className={`field${LONG.includes(field.type) ? " span" : ""}`}>
                <label htmlFor={id}>
                  {label(field.labels, locale)}
                  {field.required && (
                    <span className="required" title={t("form.required")}>
                      *
                    </span>
                  )}
                </label>
                <FieldInput
                  field={field}
                  id={id}
                  value={currentOf(field)}
                  status={problem ? "error" : undefined}
                  onChange={(next) => setChanged({ ...changed, [field.key]: next })}
                />
                {problem && (
                  <p className="error" role="alert">
                    {problem}
                  </p>
                )}
              </div>
            );
          })}
        </div>
        {!only && !all && writable.length > shown.length && (
          <Button type="link" style={{ padding: 0, marginTop: 12 }} onClick={() => setAll(true)}>
            {t("form.more")}
          </Button>
        )}
        <button type="submit" hidden />
      </form>
    </Drawer>
  );
}
