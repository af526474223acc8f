import "./record.css";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Link, useNavigate, useParams } from "@tanstack/react-router";
import { App, Button, Dropdown, Skeleton } from "antd";
import { ArrowRight, Check, Circle, Ellipsis } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { ApiProblem, api } from "@/shared/api/client";
import { useMe, useObject, useRecord } from "@/shared/api/queries";
import type { FieldDef, Labels, ObjectDef, RecordData, Link as RecordLink } from "@/shared/api/types";
import { FieldInput } from "@/shared/fields/FieldInput";
import { FieldValue } from "@/shared/fields/FieldValue";
import { label, money } from "@/shared/format/format";
import { ProblemBox, useSentence } from "@/shared/Problem";
import { sendable } from "./model";
import { RecordForm } from "./RecordForm";
import { Timeline } from "./Timeline";

interface PathStage {
  key: string;
  labels: Labels;
  kind: string;
  state: string;
  days: number;
  missing: (string | { field: string })[];
}

export function RecordPage() {
  const { object: key, id } = useParams({ strict: false }) as { object: string; id: string };
  const object = useObject(key);
  const record = useRecord(key, id);
  if (record.error) return <ProblemBox error={record.error} retry={() => record.refetch()} />;
  if (!object || !record.data) return <Skeleton active style={{ padding: 24 }} />;
  return <Loaded key={id} object={object} record={record.data} />;
}

function Loaded({ object, record }: { object: ObjectDef; record: RecordData }) {
  const { t, i18n } = useTranslation();
  const { message, modal } = App.useApp();
  const locale = i18n.language;
  const me = useMe();
  const navigate = useNavigate();
  const queries = useQueryClient();
  const sentence = useSentence();
  const [editing, setEditing] = useState(false);
  const [filling, setFilling] = useState<{ stage: string; fields: string[] } | null>(null);
  const stageField = object.fields.find((field) => field.type === "stage");
  const path = useQuery({
    queryKey: ["path", object.key, record.id, record.version],
    enabled: !!stageField,
    queryFn: () => api<{ stages: PathStage[] }>(`/records/${object.key}/${record.id}/path`),
  });
  const refresh = async (saved?: RecordData) => {
    if (saved) queries.setQueryData(["record", object.key, record.id], saved);
    for (const name of ["record", "timeline", "list", "aggregate"])
      await queries.invalidateQueries({ queryKey: [name, object.key] });
  };
  const patch = async (body: Record<string, unknown>) => {
    const saved = await api<RecordData>(`/records/${object.key}/${record.id}`, {
      method: "PATCH",
      body: sendable(body),
      version: record.version,
    });
    await refresh(saved);
  };
  const move = async (stage: string) => {
    if (!stageField) return;
    try {
      await patch({ [stageField.key]: stage });
    } catch (problem) {
      if (problem instanceof ApiProblem && problem.body.code === "STAGE_REFUSED") {
        const fields = (problem.body.missing ?? []).map((one) => one.field);
        setFilling({ stage, fields: fields.length ? fields : problem.body.errors.map((one) => one.field) });
      } else if (problem instanceof ApiProblem && problem.body.status === 412) {
        message.warning(t("record.conflict"));
        await refresh();
      } else message.error(sentence(problem));
    }
  };
  const remove = () =>
    modal.confirm({
      title: t("record.deleteAsk"),
      okText: t("record.delete"),
      cancelText: t("form.cancel"),
      onOk: async () => {
        await api(`/records/${object.key}/${record.id}`, { method: "DELETE", version: record.version });
        await queries.invalidateQueries({ queryKey: ["list", object.key] });
        await navigate({ to: "/o/$object", params: { object: object.key } });
      },
    });
  const name = String(record[object.name_field ?? "serial"] ?? record.serial ?? "");
  const account = record.account as RecordLink | null | undefined;
  const amount = object.fields.find((field) => field.key === "amount" && field.type === "money");
  const stages = path.data?.stages ?? [];
  const now = stages.findIndex((stage) => stage.key === record[stageField?.key ?? ""]);
  const next = stages.slice(now + 1).find((stage) => stage.kind !== "lost");
  const keys = object.config.key_fields ?? object.config.form ?? [];
  const facts = keys
    .map((one) => object.fields.find((field) => field.key === one))
    .filter(
      (field): field is FieldDef => !!field && field.type !== "line_items" && field.key !== object.name_field,
    );
  const rest = object.fields.filter(
    (field) => !facts.includes(field) && field.type !== "stage" && field.key !== object.name_field,
  );
  return (
    <>
      <div className="page-bar">
        <Link to="/o/$object" params={{ object: object.key }} className="meta">
          {label(object.plural, locale)}
        </Link>
        <h1 className="cut">{name}</h1>
        {account && (
          <Link to="/o/$object/$id" params={{ object: "account", id: account.id }} className="cut">
            {account.label}
          </Link>
        )}
        {amount && record.amount != null && (
          <span className="strong num">
            {money(record.amount, String(record.amount_currency ?? me.data?.workspace.currency), locale)}
          </span>
        )}
        <span className="grow" />
        <Button onClick={() => setEditing(true)}>{t("record.edit")}</Button>
        <Dropdown
          trigger={["click"]}
          menu={{ items: [{ key: "delete", danger: true, label: t("record.delete"), onClick: remove }] }}
        >
          <Button icon={<Ellipsis size={15} />} aria-label={t("nav.more")} />
        </Dropdown>
      </div>
      {stageField && stages.length > 0 && (
        <div className="sub-bar" style={{ minHeight: 58 }}>
          <div className="path">
            {stages
              .filter((stage) => stage.kind !== "lost" || stage.key === record[stageField.key])
              .map((stage, place) => (
                <button
                  type="button"
                  key={stage.key}
                  className={`plain ${stage.kind} ${place === now || stage.key === record[stageField.key] ? "now" : place < now ? "done" : "later"}`}
                  onClick={() => move(stage.key)}
                  title={t("record.move", { name: label(stage.labels, locale) })}
                >
                  <span className="row cut">
                    {place < now && <Check size={14} />}
                    <span className="cut">{label(stage.labels, locale)}</span>
                  </span>
                  {place <= now && <small>{t("record.days", { count: Math.round(stage.days) })}</small>}
                </button>
              ))}
          </div>
          {next && (
            <Button type="primary" icon={<ArrowRight size={15} />} onClick={() => move(next.key)}>
              {label(next.labels, locale)}
            </Button>
          )}
          {stages.some((stage) => stage.kind === "lost") && stages[now]?.kind === "open" && (
            <Button onClick={() => move(stages.find((stage) => stage.kind === "lost")?.key ?? "")}>
              {label(stages.find((stage) => stage.kind === "lost")?.labels, locale)}
            </Button>
          )}
        </div>
      )}
      <div className="record">
        <section aria-label={t("record.key")}>
          {next && (
            <div className="card" style={{ padding: 14, marginBottom: 16 }}>
              <p className="strong">
                {next.missing.length
                  ? t("record.missing", { name: label(next.labels, locale), count: next.missing.length })
                  : t("record.ready", { name: label(next.labels, locale) })}
              </p>
              {next.missing.map((one) => {
                const fieldKey = typeof one === "string" ? one : one.field;
                const field = object.fields.find((each) => each.key === fieldKey);
                return (
                  <p key={fieldKey} className="row dense" style={{ marginTop: 8 }}>
                    <Circle size={14} className="bad" /> {label(field?.labels, locale) || fieldKey}
                  </p>
                );
              })}
              {next.missing.length > 0 && (
                <Button
                  size="small"
                  style={{ marginTop: 10 }}
                  onClick={() =>
                    setFilling({
                      stage: next.key,
                      fields: next.missing.map((one) => (typeof one === "string" ? one : one.field)),
                    })
                  }
                >
                  {t("record.fillMove")}
                </Button>
              )}
            </div>
          )}
          <h2 className="section-title">{t("record.key")}</h2>
          <dl className="facts">
            {facts.map((field) => (
              <Fact key={field.key} field={field} record={record} onSave={patch} />
            ))}
          </dl>
        </section>
        <section className="centre" aria-label={t("record.timeline")}>
          <Lines object={object} record={record} />
          <h2 className="section-title">{t("record.timeline")}</h2>
          <Timeline object={object} record={record} />
        </section>
        <section className="side" aria-label={t("record.details")}>
          <h2 className="section-title">{t("record.details")}</h2>
          <dl className="facts">
            {rest
              .filter((field) => field.type !== "line_items")
              .map((field) => (
                <Fact key={field.key} field={field} record={record} onSave={patch} />
              ))}
          </dl>
        </section>
      </div>
      {editing && (
        <RecordForm
          object={object}
          record={record}
          onClose={() => setEditing(false)}
          onSaved={async (saved) => {
            setEditing(false);
            await refresh(saved);
          }}
        />
      )}
      {filling && stageField && (
        <RecordForm
          object={object}
          record={record}
          only={filling.fields}
          initial={{ [stageField.key]: filling.stage }}
          onClose={() => setFilling(null)}
          onSaved={async (saved) => {
            setFilling(null);
            await refresh(saved);
          }}
        />
      )}
    </>
  );
}

/** A field and its value; a click edits it in place. */
function Fact({
  field,
  record,
  onSave,
}: {
  field: FieldDef;
  record: RecordData;
  onSave: (body: Record<string, unknown>) => Promise<void>;
}) {
  const { t, i18n } = useTranslation();
  const [open, setOpen] = useState(false);
  const [value, setValue] = useState<unknown>(null);
  const [problem, setProblem] = useState<string>();
  const sentence = useSentence();
  const editable =
    !field.computed && field.level === "write" && !["file", "image", "relation_any"].includes(field.type);
  const begin = () => {
    setValue(record[field.key]);
    setProblem(undefined);
    setOpen(true);
  };
  const save = async () => {
    try {
      await onSave({ [field.key]: value });
      setOpen(false);
    } catch (error) {
      setProblem(
        error instanceof ApiProblem ? (error.byField[field.key] ?? sentence(error)) : sentence(error),
      );
    }
  };
  return (
    <>
      <dt>{label(field.labels, i18n.language)}</dt>
      {open ? (
        <dd
          onKeyDown={(event) => {
            if (event.key === "Escape") setOpen(false);
            if (event.key === "Enter" && !event.nativeEvent.isComposing && field.type !== "long_text")
              void save();
          }}
        >
          <FieldInput
            field={field}
            value={value}
            onChange={setValue}
            status={problem ? "error" : undefined}
            autoFocus
          />
          {problem && <p className="bad meta">{problem}</p>}
          <div className="row" style={{ marginTop: 4 }}>
            <Button size="small" type="primary" onClick={save}>
              {t("form.save")}
            </Button>
            <Button size="small" onClick={() => setOpen(false)}>
              {t("form.cancel")}
            </Button>
          </div>
        </dd>
      ) : (
        <dd className={editable ? "editable" : undefined}>
          {editable && !["relation"].includes(field.type) ? (
            <button type="button" className="plain" style={{ width: "100%" }} onClick={begin}>
              <FieldValue field={field} record={record} />
            </button>
          ) : (
            <FieldValue field={field} record={record} />
          )}
        </dd>
      )}
    </>
  );
}

function Lines({ object, record }: { object: ObjectDef; record: RecordData }) {
  const { i18n } = useTranslation();
  const fields = object.fields.filter(
    (field) => field.type === "line_items" && ((record[field.key] as unknown[] | null) ?? []).length > 0,
  );
  return (
    <>
      {fields.map((field) => {
        const lines = record[field.key] as Record<string, unknown>[];
        const keys = Object.keys(lines[0] ?? {}).filter((one) => one !== "id" && !one.endsWith("_currency"));
        const columns = (field.config.fields as { key: string; labels: Labels }[] | undefined) ?? [];
        return (
          <section key={field.key} style={{ marginBottom: 18 }}>
            <h2 className="section-title">{label(field.labels, i18n.language)}</h2>
            <table className="dense" style={{ width: "100%", borderCollapse: "collapse" }}>
              <thead className="meta">
                <tr>
                  {keys.map((one) => (
                    <th key={one} style={{ textAlign: "left", fontWeight: 400, padding: "4px 8px" }}>
                      {label(columns.find((column) => column.key === one)?.labels, i18n.language) || one}
                    </th>
                  ))}
                </tr>
              </thead>
              <tbody>
                {lines.map((line) => (
                  <tr key={String(line.id)} style={{ borderTop: "1px solid var(--line)" }}>
                    {keys.map((one) => {
                      const value = line[one];
                      return (
                        <td key={one} style={{ padding: "4px 8px" }}>
                          {value && typeof value === "object"
                            ? (value as RecordLink).label
                            : String(value ?? "—")}
                        </td>
                      );
                    })}
                  </tr>
                ))}
              </tbody>
            </table>
          </section>
        );
      })}
    </>
  );
}
