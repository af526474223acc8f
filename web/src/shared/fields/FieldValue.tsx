import { useQuery } from "@tanstack/react-query";
import { Link as RouterLink } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { API, api, query } from "@/shared/api/client";
import { useMe, useObject } from "@/shared/api/queries";
import type { FieldDef, Link } from "@/shared/api/types";
import {
  day,
  duration,
  fileSize,
  isZh,
  label,
  moment,
  money,
  monthDay,
  number,
} from "@/shared/format/format";
import { StageBar } from "@/shared/StageBar";
import { useFiles } from "./FileInput";
import { useRegionNames } from "./selects";

function Region({ code }: { code: string }) {
  const names = useRegionNames(code);
  return <span className="cut">{names.length ? names.join(" ") : code}</span>;
}

function Files({ value }: { value: unknown }) {
  const { t } = useTranslation();
  return (
    <span className="files">
      {useFiles(value).map((file) => (
        <span key={file.id} className="row">
          <a className="cut" href={`${API}/files/${file.id}`} target="_blank" rel="noreferrer">
            {file.name ?? t("form.file")}
          </a>
          {file.size !== undefined && <span className="meta">{fileSize(file.size)}</span>}
        </span>
      ))}
    </span>
  );
}

/** A link whose name the answer did not bring. */
function AnyLink({ value }: { value: { object: string; id: string; label?: string } }) {
  const { i18n } = useTranslation();
  const object = useObject(value.object);
  const name = object?.name_field;
  const found = useQuery({
    queryKey: ["names", value.object, [value.id]],
    enabled: !value.label && Boolean(name),
    staleTime: 60_000,
    queryFn: async () => {
      const filter = { field: "id", op: "in", value: [value.id] };
      const path = `/records/${value.object}${query({ filter, fields: name, limit: 1 })}` as const;
      const answer = await api<{ records: Record<string, unknown>[] }>(path);
      return answer.records.map((one) => [String(one.id), String(one[name ?? ""] ?? "")] as const);
    },
  });
  return (
    <RouterLink to="/o/$object/$id" params={{ object: value.object, id: value.id }} className="cut">
      {value.label || found.data?.[0]?.[1] || label(object?.labels, i18n.language)}
    </RouterLink>
  );
}

const host = (url: string) => url.replace(/^https?:\/\//, "").replace(/\/$/, "");

export const isNumeric = (field: FieldDef) =>
  field.kind === "number" ||
  (["formula", "roll_up"].includes(field.type) &&
    ["number", "money", "percent"].includes(String(field.config.result ?? "number")));

/** A value as people read it. `plain` leaves the currency to the column's header. */
export function FieldValue({
  field,
  record,
  plain,
  still,
}: {
  field: FieldDef;
  record: Record<string, unknown>;
  plain?: boolean;
  /** Without links of its own, for a value inside a link. */
  still?: boolean;
}) {
  const { i18n } = useTranslation();
  const me = useMe();
  const locale = i18n.language;
  const value = record[field.key];
  if (value === null || value === undefined || value === "" || (Array.isArray(value) && value.length === 0))
    return <span className="meta">—</span>;
  const result = ["formula", "roll_up"].includes(field.type)
    ? String(field.config.result ?? "number")
    : field.type;
  if (still && ["phone", "email", "url", "relation_any"].includes(result))
    return <span className="cut">{typeof value === "string" ? value : (value as Link).label}</span>;
  switch (result) {
    case "money": {
      const currency = String(record[`${field.key}_currency`] ?? me.data?.workspace.currency ?? "CNY");
      return <span className="num">{plain ? number(value) : money(value, currency, locale)}</span>;
    }
    case "number":
      return <span className="num">{number(value)}</span>;
    case "percent":
      return <span className="num">{number(value)}%</span>;
    case "long_text":
      return <span className={plain ? "cut" : "prose"}>{String(value)}</span>;
    case "boolean":
      return <span>{value ? (isZh(locale) ? "是" : "Yes") : isZh(locale) ? "否" : "No"}</span>;
    case "date":
      return <span className="num">{day(value, locale)}</span>;
    case "datetime":
      return <span className="num">{moment(value, locale, me.data?.workspace.time_zone ?? "UTC")}</span>;
    case "stage": {
      const stages = field.options ?? [];
      const present = stages.find((one) => one.key === value);
      return (
        <span className="row cut">
          <StageBar stages={stages} value={String(value)} />
          <span className="cut">{label(present?.labels, locale) || String(value)}</span>
        </span>
      );
    }
    case "select":
    case "pipeline": {
      const option = field.options?.find((one) => one.key === value);
      if (field.key === "tier" && ["a", "b", "c"].includes(String(value)))
        return <span className={`tier ${value}`}>{String(value).toUpperCase()}</span>;
      return (
        <span className="row cut">
          {option?.color && <i className="dot" style={{ background: option.color }} />}
          <span className="cut">{label(option?.labels, locale) || String(value)}</span>
        </span>
      );
    }
    case "multi_select":
      return (
        <span className="cut">
          {(value as string[])
            .map((key) => label(field.options?.find((one) => one.key === key)?.labels, locale) || key)
            .join(isZh(locale) ? "、" : ", ")}
        </span>
      );
    case "tags":
      return <span className="cut">{(value as string[]).join(isZh(locale) ? "、" : ", ")}</span>;
    case "relation":
      if (still) return <span className="cut">{(value as Link).label}</span>;
      return (
        <RouterLink
          to="/o/$object/$id"
          params={{ object: field.target ?? "", id: (value as Link).id }}
          className="cut"
        >
          {(value as Link).label}
        </RouterLink>
      );
    case "user":
    case "team":
      return (
        <span className="row cut">
          <span className="avatar">{(value as Link).label.slice(0, 1)}</span>
          <span className="cut">{(value as Link).label}</span>
        </span>
      );
    case "relation_many":
    case "users":
      return (
        <span className="cut">
          {(value as Link[]).map((one) => one.label).join(isZh(locale) ? "、" : ", ")}
        </span>
      );
    case "phone":
      return (
        <a className="num" href={`tel:${value}`}>
          {String(value)
            .replace(/^\+86(?=1)/, "")
            .replace(/^\+86/, "0")}
        </a>
      );
    case "email":
      return (
        <a className="cut" href={`mailto:${value}`}>
          {String(value)}
        </a>
      );
    case "url":
      return (
        <a className="cut" href={String(value)} target="_blank" rel="noreferrer">
          {host(String(value))}
        </a>
      );
    case "duration":
      return <span className="num">{duration(value, locale)}</span>;
    case "month_day":
      return <span className="num">{monthDay(value, locale)}</span>;
    case "region":
      return <Region code={String(value)} />;
    case "relation_any":
      return <AnyLink value={value as { object: string; id: string; label?: string }} />;
    case "file":
    case "image":
      return plain ? <span>{(value as unknown[]).length}</span> : <Files value={value} />;
    case "line_items":
      return <span>{(value as unknown[]).length}</span>;
    default:
      return <span className="cut">{typeof value === "object" ? JSON.stringify(value) : String(value)}</span>;
  }
}
