import { Button, Select } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useUsers } from "@/shared/api/queries";
import type { FieldDef, ObjectDef } from "@/shared/api/types";
import { FieldInput } from "@/shared/fields/FieldInput";
import { label } from "@/shared/format/format";
import {
  inputField,
  type Leaf,
  leafOf,
  needsValue,
  operatorsOf,
  PERIODS,
  periodKey,
  periodOf,
  WHO,
} from "./filters";

/** Everybody, with me and my team before the names. */
function PeopleInput({ value, onChange }: { value: unknown; onChange: (value: unknown) => void }) {
  const { t } = useTranslation();
  const users = useUsers();
  const present = [value].flat().filter(Boolean) as (string | { who: string })[];
  return (
    <Select
      mode="multiple"
      style={{ width: "100%" }}
      aria-label={t("list.value")}
      showSearch={{ optionFilterProp: "label" }}
      value={present.map((one) => (typeof one === "string" ? one : `@${one.who}`))}
      options={[
        ...WHO.map((one) => ({ value: `@${one}`, label: t(`who.${one}`) })),
        ...(users.data ?? []).map((one) => ({ value: one.id, label: one.name })),
      ]}
      onChange={(next: string[]) =>
        onChange(next.map((one) => (one.startsWith("@") ? { who: one.slice(1) } : one)))
      }
    />
  );
}

function ValueInput({
  field,
  op,
  value,
  onChange,
}: {
  field: FieldDef;
  op: string;
  value: unknown;
  onChange: (value: unknown) => void;
}) {
  const { t } = useTranslation();
  if (!needsValue(op)) return null;
  if (op === "in_period")
    return (
      <Select
        style={{ width: "100%" }}
        aria-label={t("list.value")}
        value={periodKey(value)}
        onChange={(next: string) => onChange(periodOf(next))}
        options={PERIODS.map((one) => ({ value: one, label: t(`period.${one}`) }))}
      />
    );
  if (field.kind === "user" || field.kind === "users")
    return <PeopleInput value={value} onChange={onChange} />;
  return (
    <FieldInput
      field={inputField(field)}
      value={value ?? null}
      onChange={onChange}
      aria-label={t("list.value")}
    />
  );
}

/** One condition in the making: field, operator, value. */
export function ConditionEditor({
  object,
  leaf,
  names,
  onDone,
}: {
  object: ObjectDef;
  leaf?: Leaf;
  /** Labels of the records that the leaf's ids stand for. */
  names?: (id: string) => string;
  onDone: (leaf: Leaf) => void;
}) {
  const { t, i18n } = useTranslation();
  const fields = object.fields.filter((field) => field.kind && field.level !== "masked");
  const start = fields.find((one) => one.key === leaf?.field);
  const [key, setKey] = useState(leaf?.field);
  const [op, setOp] = useState(leaf?.op ?? "");
  const [value, setValue] = useState<unknown>(() =>
    start?.kind === "relation" && Array.isArray(leaf?.value)
      ? leaf.value.map((id) => ({ id, label: names?.(String(id)) ?? "…" }))
      : (leaf?.value ?? null),
  );
  const field = fields.find((one) => one.key === key);
  const ready = field && op ? leafOf(field, op, value) : null;
  return (
    <form
      className="condition"
      onSubmit={(event) => {
        event.preventDefault();
        if (ready) onDone(ready);
      }}
    >
      <Select
        showSearch={{ optionFilterProp: "label" }}
        placeholder={t("list.field")}
        aria-label={t("list.field")}
        autoFocus={!leaf}
        value={key}
        options={fields.map((one) => ({ value: one.key, label: label(one.labels, i18n.language) }))}
        onChange={(next: string) => {
          const chosen = fields.find((one) => one.key === next);
          setKey(next);
          setOp(chosen ? (operatorsOf(chosen)[0] ?? "") : "");
          setValue(chosen?.kind === "boolean" ? true : null);
        }}
      />
      {field && (
        <>
          <Select
            aria-label={t("list.operator")}
            value={op}
            onChange={(next: string) => {
              if (next === "in_period" || op === "in_period") setValue(null);
              setOp(next);
            }}
            options={operatorsOf(field).map((one) => ({ value: one, label: t(`op.${one}`) }))}
          />
          <ValueInput key={key} field={field} op={op} value={value} onChange={setValue} />
        </>
      )}
      <Button type="primary" htmlType="submit" disabled={!ready}>
        {t(leaf ? "list.apply" : "list.add")}
      </Button>
    </form>
  );
}
