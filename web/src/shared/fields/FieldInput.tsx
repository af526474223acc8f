import { DatePicker, Input, InputNumber, Select, Switch } from "antd";
import dayjs from "dayjs";
import { useTranslation } from "react-i18next";
import type { FieldDef, Link } from "@/shared/api/types";
import { label } from "@/shared/format/format";
import { LinesInput } from "./LinesInput";
import { RecordSelect, RegionSelect, UserSelect } from "./selects";

interface Props {
  field: FieldDef;
  value: unknown;
  onChange: (value: unknown) => void;
  id?: string;
  status?: "error";
  autoFocus?: boolean;
}

const idOf = (value: unknown) =>
  value && typeof value === "object" ? (value as Link).id : ((value as string | null) ?? undefined);

/** The input of a field type; its value is what the API takes. */
export function FieldInput({ field, value, onChange, id, status, autoFocus }: Props) {
  const { t, i18n } = useTranslation();
  const common = { id, status, style: { width: "100%" } };
  const options = (field.options ?? [])
    .filter((option) => option.active !== false || option.key === value)
    .map((option) => ({ value: option.key, label: label(option.labels, i18n.language) }));
  switch (field.type) {
    case "long_text":
      return (
        <Input.TextArea
          {...common}
          autoSize={{ minRows: 2, maxRows: 10 }}
          value={(value as string) ?? ""}
          autoFocus={autoFocus}
          onChange={(event) => onChange(event.target.value || null)}
        />
      );
    case "number":
    case "percent":
    case "money":
    case "duration":
      return (
        <InputNumber<string>
          {...common}
          stringMode
          controls={false}
          autoFocus={autoFocus}
          prefix={field.type === "money" ? "¥" : undefined}
          suffix={field.type === "percent" ? "%" : undefined}
          value={value === null || value === undefined ? null : String(value)}
          onChange={(next) => onChange(next === null || next === "" ? null : next)}
        />
      );
    case "boolean":
      return <Switch id={id} checked={value === true} onChange={onChange} />;
    case "date":
      return (
        <DatePicker
          {...common}
          autoFocus={autoFocus}
          value={value ? dayjs(value as string) : null}
          onChange={(next) => onChange(next ? next.format("YYYY-MM-DD") : null)}
        />
      );
    case "datetime":
      return (
        <DatePicker
          {...common}
          showTime={{ format: "HH:mm" }}
          autoFocus={autoFocus}
          value={value ? dayjs(value as string) : null}
          onChange={(next) => onChange(next ? next.toISOString() : null)}
        />
      );
    case "select":
    case "stage":
    case "pipeline":
      return (
        <Select
          {...common}
          allowClear={!field.required}
          showSearch={{ optionFilterProp: "label" }}
          options={options}
          autoFocus={autoFocus}
          value={(value as string | null) ?? undefined}
          onChange={(next) => onChange(next ?? null)}
        />
      );
    case "multi_select":
      return (
        <Select
          {...common}
          mode="multiple"
          options={options}
          value={(value as string[] | null) ?? []}
          onChange={onChange}
        />
      );
    case "tags":
      return <Select {...common} mode="tags" value={(value as string[] | null) ?? []} onChange={onChange} />;
    case "relation":
      return (
        <RecordSelect
          {...common}
          object={field.target ?? ""}
          value={value as Link | null}
          onChange={(next) => onChange(next)}
          autoFocus={autoFocus}
        />
      );
    case "relation_many":
      return (
        <RecordSelect
          {...common}
          multiple
          object={field.target ?? ""}
          value={value as Link[] | null}
          onChange={onChange}
        />
      );
    case "user":
      return <UserSelect {...common} value={idOf(value)} onChange={(next) => onChange(next ?? null)} />;
    case "users":
      return (
        <UserSelect
          {...common}
          multiple
          value={((value as (Link | string)[] | null) ?? []).map((one) => idOf(one) ?? "")}
          onChange={onChange}
        />
      );
    case "region":
      return <RegionSelect {...common} value={value as string | null} onChange={onChange} />;
    case "line_items":
      return (
        <LinesInput field={field} value={value as Record<string, unknown>[] | null} onChange={onChange} />
      );
    case "file":
    case "image":
    case "relation_any":
      return <span className="meta">{t("record.noValue")}</span>;
    default:
      return (
        <Input
          {...common}
          autoFocus={autoFocus}
          value={(value as string) ?? ""}
          placeholder={field.type === "month_day" ? "03-15" : undefined}
          onChange={(event) => onChange(event.target.value || null)}
        />
      );
  }
}
