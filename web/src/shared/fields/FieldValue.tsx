import { Link as RouterLink } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { useMe } from "@/shared/api/queries";
import type { FieldDef, Link } from "@/shared/api/types";
import { day, isZh, label, moment, money, number } from "@/shared/format/format";
import { StageBar } from "@/shared/StageBar";

export const isNumeric = (field: FieldDef) =>
  field.kind === "number" ||
  (["formula", "roll_up"].includes(field.type) &&
    ["number", "money", "percent"].includes(String(field.config.result ?? "number")));

/** A value as people read it. `plain` leaves the currency to the column's header. */
export function FieldValue({
  field,
  record,
  plain,
}: {
  field: FieldDef;
  record: Record<string, unknown>;
  plain?: boolean;
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
  switch (result) {
    case "money": {
      const currency = String(record[`${field.key}_currency`] ?? me.data?.workspace.currency ?? "CNY");
      return <span className="num">{plain ? number(value) : money(value, currency, locale)}</span>;
    }
    case "number":
      return <span className="num">{number(value)}</span>;
    case "percent":
      return <span className="num">{number(value)}%</span>;
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
      return <span className="cut">{label(option?.labels, locale) || String(value)}</span>;
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
      return <span className="num">{String(value).replace(/^\+86(?=1)/, "")}</span>;
    case "line_items":
    case "file":
    case "image":
      return <span>{(value as unknown[]).length}</span>;
    default:
      return <span className="cut">{typeof value === "object" ? JSON.stringify(value) : String(value)}</span>;
  }
}
