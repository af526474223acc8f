import { Button, Input, Popover, Select } from "antd";
import { Plus, X } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { FieldDef, Link, ObjectDef } from "@/shared/api/types";
import { FieldInput } from "@/shared/fields/FieldInput";
import { label } from "@/shared/format/format";
import { type Leaf, operatorsOf, PERIODS } from "./filters";

/** A condition's value in words. */
export function useWords(object: ObjectDef) {
  const { t, i18n } = useTranslation();
  const one = (field: FieldDef | undefined, value: unknown): string => {
    if (value && typeof value === "object") {
      const found = value as { who?: string; period?: string; label?: string; relative?: string };
      if (found.who) return t(`who.${found.who}`);
      if (found.period) return t(`period.${found.period}`);
      return found.label ?? found.relative ?? JSON.stringify(value);
    }
    if (typeof value === "boolean") return value ? t("form.yes") : t("form.no");
    const option = field?.options?.find((each) => each.key === value);
    return option ? label(option.labels, i18n.language) : String(value ?? "");
  };
  return (leaf: Leaf) => {
    const field = object.fields.find((each) => each.key === leaf.field);
    const values = Array.isArray(leaf.value) ? leaf.value : leaf.value === undefined ? [] : [leaf.value];
    return {
      name: field ? label(field.labels, i18n.language) : leaf.field,
      op: t(`op.${leaf.op}`),
      value: values.map((value) => one(field, value)).join(i18n.language === "en" ? ", " : "、"),
    };
  };
}

export function Chip({ object, leaf, onRemove }: { object: ObjectDef; leaf: Leaf; onRemove: () => void }) {
  const { t } = useTranslation();
  const words = useWords(object)(leaf);
  return (
    <span className="chip">
      <span>{words.name}</span>
      <span>{words.op}</span>
      {words.value && <span className="value">{words.value}</span>}
      <button type="button" className="plain" aria-label={t("list.removeFilter")} onClick={onRemove}>
        <X size={13} />
      </button>
    </span>
  );
}

/** Adding one condition: field, operator, value. */
export function AddFilter({ object, onAdd }: { object: ObjectDef; onAdd: (leaf: Leaf) => void }) {
  const { t, i18n } = useTranslation();
  const [open, setOpen] = useState(false);
  const [key, setKey] = useState<string>();
  const [op, setOp] = useState<string>();
  const [value, setValue] = useState<unknown>(null);
  const fields = object.fields.filter((field) => field.kind && field.level !== "masked");
  const field = fields.find((one) => one.key === key);
  const needsValue = op !== "empty" && op !== "not_empty";
  const add = () => {
    if (!field || !op) return;
    let sent = value;
    if (Array.isArray(value))
      sent = value.map((one) => (one && typeof one === "object" ? (one as Link).id : one));
    else if (value && typeof value === "object" && "id" in value) sent = [(value as Link).id];
    if (op === "in_period") sent = { period: value };
    if (["in", "not_in", "contains_any", "contains_none"].includes(op) && !Array.isArray(sent)) sent = [sent];
    onAdd(needsValue ? { field: field.key, op, value: sent } : { field: field.key, op });
    setOpen(false);
    setKey(undefined);
    setValue(null);
  };
  const multiple: FieldDef | undefined =
    field &&
    (field.kind === "option"
      ? { ...field, type: "multi_select" }
      : field.kind === "relation"
        ? { ...field, type: "relation_many" }
        : field.kind === "user"
          ? { ...field, type: "users" }
          : ["formula", "roll_up"].includes(field.type)
            ? { ...field, type: field.kind === "number" ? "number" : (field.kind ?? "text") }
            : field.kind === "text"
              ? { ...field, type: "text" }
              : field);
  return (
    <Popover
      open={open}
      onOpenChange={setOpen}
      trigger="click"
      placement="bottomLeft"
      content={
        <div style={{ width: 260, display: "grid", gap: 8 }}>
          <Select
            showSearch={{ optionFilterProp: "label" }}
            placeholder={t("imp.field")}
            aria-label={t("imp.field")}
            value={key}
            options={fields.map((one) => ({ value: one.key, label: label(one.labels, i18n.language) }))}
            onChange={(next: string) => {
              setKey(next);
              const chosen = fields.find((one) => one.key === next);
              setOp(chosen ? operatorsOf(chosen)[0] : undefined);
              setValue(null);
            }}
          />
          {field && (
            <Select
              aria-label={t("list.filter")}
              value={op}
              onChange={setOp}
              options={operatorsOf(field).map((one) => ({ value: one, label: t(`op.${one}`) }))}
            />
          )}
          {multiple && needsValue && op === "in_period" && (
            <Select
              aria-label={t("imp.sample")}
              value={value as string}
              onChange={setValue}
              options={PERIODS.map((one) => ({ value: one, label: t(`period.${one}`) }))}
            />
          )}
          {multiple && needsValue && op !== "in_period" && (
            <FieldInput field={multiple} value={value} onChange={setValue} />
          )}
          <Button
            type="primary"
            onClick={add}
            disabled={
              !field || (needsValue && (value === null || (Array.isArray(value) && value.length === 0)))
            }
          >
            {t("list.filter")}
          </Button>
        </div>
      }
    >
      <Button type="text" size="small" icon={<Plus size={14} />}>
        {t("list.filter")}
      </Button>
    </Popover>
  );
}

export function SearchBox({ value, onChange }: { value: string; onChange: (text: string) => void }) {
  const { t } = useTranslation();
  const [text, setText] = useState(value);
  return (
    <Input.Search
      size="small"
      style={{ width: 180 }}
      allowClear
      placeholder={t("list.search")}
      aria-label={t("list.search")}
      value={text}
      onChange={(event) => setText(event.target.value)}
      onSearch={onChange}
    />
  );
}
