import { DatePicker, Input, Select, Switch } from "antd";
import dayjs from "dayjs";
import type { CSSProperties } from "react";
import { useTranslation } from "react-i18next";
import { useMe } from "@/shared/api/queries";
import type { FieldDef, Link } from "@/shared/api/types";
import { instantOf, label, wallTime } from "@/shared/format/format";
import { AnyInput } from "./AnyInput";
import { FileInput } from "./FileInput";
import { LinesInput } from "./LinesInput";
import { NumberInput } from "./NumberInput";
import { RecordSelect, RegionSelect, UserSelect } from "./selects";

export interface InputProps {
  field: FieldDef;
  value: unknown;
  onChange: (value: unknown) => void;
  id?: string;
  status?: "error";
  autoFocus?: boolean;
  /** Currency of a money value where the record has one. */
  currency?: string;
  /** The account in whose records a relation looks first. */
  within?: Link;
  style?: CSSProperties;
  onBlur?: () => void;
  "aria-describedby"?: string;
  "aria-required"?: boolean;
  "aria-label"?: string;
  "aria-invalid"?: boolean;
}

const idOf = (value: unknown) =>
  value && typeof value === "object" ? (value as Link).id : ((value as string | null) ?? undefined);

/** The input of a field type; its value is what the API takes. */
export function FieldInput({ field, value, onChange, currency, within, ...given }: InputProps) {
  const { i18n } = useTranslation();
  const zone = useMe().data?.workspace.time_zone ?? "UTC";
  const rest = { ...given, style: { width: "100%", ...given.style } };
  const options = (field.options ?? [])
    .filter((option) => option.active !== false || option.key === value)
    .map((option) => ({ value: option.key, label: label(option.labels, i18n.language) }));
  switch (field.type) {
    case "long_text":
      return (
        <Input.TextArea
          {...rest}
          autoSize={{ minRows: 2, maxRows: 10 }}
          value={(value as string) ?? ""}
          onChange={(event) => onChange(event.target.value || null)}
        />
      );
    case "number":
    case "percent":
    case "money":
    case "duration":
    case "month_day":
      return <NumberInput {...rest} field={field} value={value} onChange={onChange} currency={currency} />;
    case "boolean":
      return (
        <Switch {...given} style={undefined} checked={value === true} onChange={(next) => onChange(next)} />
      );
    case "date":
      return (
        <DatePicker
          {...rest}
          placeholder=""
          value={value ? dayjs(value as string) : null}
          onChange={(next) => onChange(next ? next.format("YYYY-MM-DD") : null)}
        />
      );
    case "datetime":
      return (
        <DatePicker
          {...rest}
          placeholder=""
          showTime={{ format: "HH:mm" }}
          format="YYYY-MM-DD HH:mm"
          value={value ? dayjs(wallTime(value as string, zone)) : null}
          onChange={(next) => onChange(next ? instantOf(next.format("YYYY-MM-DD HH:mm"), zone) : null)}
        />
      );
    case "select":
    case "stage":
    case "pipeline":
      return (
        <Select
          {...rest}
          allowClear={!field.required}
          showSearch={{ optionFilterProp: "label" }}
          options={options}
          value={(value as string | null) ?? undefined}
          onChange={(next) => onChange(next ?? null)}
        />
      );
    case "multi_select":
      return (
        <Select
          {...rest}
          mode="multiple"
          showSearch={{ optionFilterProp: "label" }}
          options={options}
          value={(value as string[] | null) ?? []}
          onChange={onChange}
        />
      );
    case "tags":
      return (
        <Select
          {...rest}
          mode="tags"
          tokenSeparators={[",", "，", "、"]}
          value={(value as string[] | null) ?? []}
          onChange={onChange}
        />
      );
    case "relation":
    case "relation_many":
      return (
        <RecordSelect
          {...rest}
          multiple={field.type === "relation_many"}
          object={field.target ?? ""}
          within={within}
          value={value as Link | Link[] | null}
          onChange={onChange}
        />
      );
    case "relation_any":
      return <AnyInput {...rest} field={field} value={value} onChange={onChange} />;
    case "user":
      return <UserSelect {...rest} value={idOf(value)} onChange={(next) => onChange(next ?? null)} />;
    case "users":
      return (
        <UserSelect
          {...rest}
          multiple
          value={((value as (Link | string)[] | null) ?? []).map((one) => idOf(one) ?? "")}
          onChange={onChange}
        />
      );
    case "region":
      return <RegionSelect {...rest} value={value as string | null} onChange={onChange} />;
    case "line_items":
      return (
        <LinesInput field={field} value={value as Record<string, unknown>[] | null} onChange={onChange} />
      );
    case "file":
    case "image":
      return <FileInput {...rest} field={field} value={value} onChange={onChange} />;
    default:
      return (
        <Input
          {...rest}
          type={field.type === "email" ? "email" : field.type === "phone" ? "tel" : undefined}
          autoComplete="off"
          value={(value as string) ?? ""}
          onChange={(event) => onChange(event.target.value || null)}
        />
      );
  }
}
