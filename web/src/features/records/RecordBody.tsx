import { Tabs } from "antd";
import { type ReactNode, useState } from "react";
import { useTranslation } from "react-i18next";
import type { FieldDef, ObjectDef, RecordData } from "@/shared/api/types";
import { filesOf } from "@/shared/fields/FileInput";
import { label } from "@/shared/format/format";
import { Fact } from "./Fact";
import { Lines } from "./Lines";
import { LogLine } from "./LogLine";
import type { Values } from "./model";
import { Related } from "./Related";
import { Timeline } from "./Timeline";

type Save = (values: Values) => Promise<unknown>;

/** The fields that matter most, by the object's own list, and how many more there are. */
function keyFields(object: ObjectDef): FieldDef[] {
  const keys = object.config.key_fields ?? object.config.form ?? [];
  return keys
    .flatMap((key) => object.fields.find((field) => field.key === key) ?? [])
    .filter((field) => field.type !== "line_items" && field.key !== object.name_field);
}

function Facts({
  object,
  record,
  fields,
  onSave,
}: {
  object: ObjectDef;
  record: RecordData;
  fields: FieldDef[];
  onSave: Save;
}) {
  return (
    <dl className="facts">
      {fields.map((field) => (
        <Fact key={field.key} object={object} field={field} record={record} onSave={onSave} />
      ))}
    </dl>
  );
}

/** Every field of a record under its sections; the system's own last. */
function AllFields({ object, record, onSave }: { object: ObjectDef; record: RecordData; onSave: Save }) {
  const { t, i18n } = useTranslation();
  const fields = object.fields.filter(
    (field) => !["line_items", "stage"].includes(field.type) && field.key !== "last_stage",
  );
  const sections = object.config.sections ?? [];
  const named = new Set(sections.map((one) => one.key));
  const groups = [
    ...sections.map((one) => ({
      key: one.key,
      title: label(one.labels, i18n.language),
      fields: fields.filter((field) => field.section === one.key && !field.system),
    })),
    {
      key: "other",
      title: sections.length ? t("record.other") : "",
      fields: fields.filter((field) => !named.has(field.section ?? "") && !field.system),
    },
    { key: "system", title: t("record.systemFields"), fields: fields.filter((field) => field.system) },
  ].filter((group) => group.fields.length > 0);
  return (
    <div className="all-fields">
      {groups.map((group) => (
        <section key={group.key} aria-label={group.title}>
          {group.title && <h2>{group.title}</h2>}
          <Facts object={object} record={record} fields={group.fields} onSave={onSave} />
        </section>
      ))}
    </div>
  );
}

/**
 * What is to do and the key fields at the left, what happened in the middle, what belongs to it at the right; on
 * narrower screens the right and then the left become tabs.
 */
export function RecordBody({
  object,
  record,
  name,
  top,
  todo,
  urgent,
  layout,
  tab,
  onTab,
  onSave,
}: {
  object: ObjectDef;
  record: RecordData;
  name: string;
  /** What waits for a decision, before everything else. */
  top: ReactNode;
  todo: ReactNode;
  urgent: boolean;
  layout: "wide" | "narrow" | "single";
  tab: string | undefined;
  onTab: (key: string) => void;
  onSave: Save;
}) {
  const { t, i18n } = useTranslation();
  const [first] = useState(layout);
  const lines = object.fields.filter((field) => field.type === "line_items");
  const files = object.fields.filter((field) => ["file", "image"].includes(field.type));
  const fileCount = files.reduce((sum, field) => sum + filesOf(record[field.key]).length, 0);
  const facts = keyFields(object);
  const rail = (
    <>
      {todo}
      <div className="row rail-title">
        <h2 className="grow">{t("record.key")}</h2>
        <button type="button" className="plain meta" onClick={() => onTab("fields")}>
          {t("record.fieldCount", { count: object.fields.length })}
        </button>
      </div>
      <Facts object={object} record={record} fields={facts} onSave={onSave} />
    </>
  );
  const related = <Related object={object} record={record} name={name} />;
  const count = (text: string, found: number) => (found ? `${text} ${found}` : text);
  const items = [
    ...(layout === "single" ? [{ key: "todo", label: t("record.advanceTab"), children: rail }] : []),
    {
      key: "timeline",
      label: t("record.timeline"),
      children: (
        <>
          <LogLine object={object} record={record} />
          <Timeline object={object} record={record} />
        </>
      ),
    },
    ...lines.map((field) => ({
      key: field.key,
      label: count(
        label(field.labels, i18n.language),
        ((record[field.key] as unknown[] | null) ?? []).length,
      ),
      children: <Lines field={field} record={record} />,
    })),
    ...(files.length
      ? [
          {
            key: "files",
            label: count(t("record.files"), fileCount),
            children: <Facts object={object} record={record} fields={files} onSave={onSave} />,
          },
        ]
      : []),
    { key: "fields", label: t("record.details"), children: <AllFields {...{ object, record, onSave }} /> },
    {
      key: "changes",
      label: t("record.changesTab"),
      children: <Timeline object={object} record={record} changesOnly />,
    },
    ...(layout !== "wide" ? [{ key: "related", label: t("record.related"), children: related }] : []),
  ];
  const active = items.some((one) => one.key === tab)
    ? tab
    : first === "single" && layout === "single"
      ? "todo"
      : "timeline";
  return (
    <div className={`record ${layout}`}>
      {layout !== "single" && (
        <section className="rail" aria-label={t("record.key")}>
          {top}
          {rail}
        </section>
      )}
      <section className="centre" aria-label={t("record.details")}>
        {layout === "single" && urgent && top}
        <Tabs activeKey={active} onChange={onTab} items={items} destroyOnHidden size="small" />
      </section>
      {layout === "wide" && (
        <section className="side" aria-label={t("record.related")}>
          {related}
        </section>
      )}
    </div>
  );
}
