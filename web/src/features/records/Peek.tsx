import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Drawer } from "antd";
import { useEffect } from "react";
import { useTranslation } from "react-i18next";
import { api } from "@/shared/api/client";
import { useMe } from "@/shared/api/queries";
import type { FieldDef, ObjectDef, RecordData } from "@/shared/api/types";
import { FieldValue } from "@/shared/fields/FieldValue";
import { label, moment } from "@/shared/format/format";
import { columnsOf } from "./model";

interface Entry {
  id: string;
  at: string;
  actor: { label: string } | null;
  kind: string;
  changes: Record<string, unknown>;
}

/** A look at a record without leaving the list: what stands in its key fields and what happened last. */
export function Peek({
  object,
  record: given,
  onClose,
}: {
  object: ObjectDef;
  record: RecordData;
  onClose: () => void;
}) {
  const { t, i18n } = useTranslation();
  const locale = i18n.language;
  const me = useMe();
  const whole = useQuery({
    queryKey: ["record", object.key, given.id],
    queryFn: () => api<RecordData>(`/records/${object.key}/${given.id}`),
    staleTime: 10_000,
  });
  const past = useQuery({
    queryKey: ["timeline", object.key, given.id, "peek"],
    queryFn: () => api<{ entries: Entry[] }>(`/records/${object.key}/${given.id}/timeline`),
    staleTime: 10_000,
  });
  // Space and Esc close it: in a drawer the screen's own keys rest.
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.key !== " " || (event.target as HTMLElement).closest("a, button, input")) return;
      event.preventDefault();
      onClose();
    };
    window.addEventListener("keydown", onKey);
    return () => window.removeEventListener("keydown", onKey);
  }, [onClose]);
  const record = whole.data ?? given;
  const wanted = object.config.key_fields ?? columnsOf(object);
  const fields = [...new Set([...wanted, ...columnsOf(object)])]
    .flatMap((key) => object.fields.find((field) => field.key === key) ?? [])
    .filter((field) => field.key !== object.name_field && record[field.key] !== undefined)
    .slice(0, 14);
  const name = String(record[object.name_field ?? ""] ?? record.serial ?? "—");
  const said = (entry: Entry) => {
    const changed = Object.keys(entry.changes)
      .flatMap((key) => object.fields.find((field) => field.key === key) ?? [])
      .map((field: FieldDef) => label(field.labels, locale));
    return changed.length
      ? t("list.peekChanged", { fields: changed.slice(0, 4).join(locale === "en" ? ", " : "、") })
      : t(`list.peek_${entry.kind}`, { defaultValue: t("list.peek_changed") });
  };
  return (
    <Drawer
      open
      size={400}
      mask={false}
      title={name}
      onClose={onClose}
      extra={
        <Link to="/o/$object/$id" params={{ object: object.key, id: given.id }} className="link">
          {t("list.peekOpen")}
        </Link>
      }
    >
      <dl className="peek">
        {fields.map((field) => (
          <div key={field.key}>
            <dt>{label(field.labels, locale)}</dt>
            <dd>
              <FieldValue field={field} record={record} />
            </dd>
          </div>
        ))}
      </dl>
      <h3 className="peek-head">{t("list.peekPast")}</h3>
      <ul className="peek-past">
        {past.data?.entries.slice(0, 8).map((entry) => (
          <li key={entry.id} className="dense">
            <span className="meta num">
              {moment(entry.at, locale, me.data?.workspace.time_zone ?? "UTC")} {entry.actor?.label}
            </span>
            <br />
            {said(entry)}
          </li>
        ))}
      </ul>
    </Drawer>
  );
}
