import { Button, Select } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useUsers } from "@/shared/api/queries";
import type { FieldDef, ObjectDef } from "@/shared/api/types";
import { type Leaf, operatorWords, type Period, valueWords, WHO } from "@/shared/conditions";
import { FieldInput } from "@/shared/fields/FieldInput";
import { label } from "@/shared/format/format";
import { formOf, inputField, leafOf, MENU_PERIODS, operatorsOf, periodKey } from "./filters";

/** An operator in a menu; periods say so, because "is" alone is also "is the day". */
export function useOperatorName(): (op: string, field: FieldDef) => string {
  const { t, i18n } = useTranslation();
  return (op, field) =>
    formOf(op) === "period" ? t(`list.${op}`) : operatorWords(op, field.kind ?? "", i18n.language);
}

function PeriodInput({ value, onChange }: { value: unknown; onChange: (value: unknown) => void }) {
  const { t, i18n } = useTranslation();
  const present = typeof value === "string" ? { period: value } : (value as Period | null);
  const known = present && MENU_PERIODS.some((one) => periodKey(one) === periodKey(present));
  const offered = present && !known ? [present, ...MENU_PERIODS] : MENU_PERIODS;
  return (
    <Select
      style={{ width: "100%" }}
      aria-label={t("list.value")}
      value={present ? periodKey(present) : undefined}
      onChange={(next: string) => onChange(offered.find((one) => periodKey(one) === next))}
      options={offered.map((one) => ({ value: periodKey(one), label: valueWords(one, i18n.language) }))}
    />
  );
}

/** Everybody, with me and my team before the names. */
function PeopleInput({ value, onChange }: { value: unknown; onChange: (value: unknown) => void }) {
  const { t, i18n } = useTranslation();
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
        ...WHO.map((one) => ({ value: `@${one}`, label: valueWords({ who: one }, i18n.language) })),
        ...(users.data ?? []).map((one) => ({ value: one.id, label: one.name })),
      ]}
      onChange={(next: string[]) =>
        onChange(next.map((one) => (one.startsWith("@") ? { who: one.slice(1) } : one)))
      }
    />
  );
}

/** The input of a condition's value: none, a period, two ends, people, or the field's own. */
export function ValueInput({
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
  const form = formOf(op);
  if (form === "none") return null;
  if (form === "period") return <PeriodInput value={value} onChange={onChange} />;
  if (field.kind === "user" || field.kind === "users")
    return <PeopleInput value={value} onChange={onChange} />;
  if (form === "pair") {
    const [from = null, to = null] = Array.isArray(value) ? value : [];
    const side = (name: string, place: 0 | 1) => (
      <FieldInput
        field={inputField(field)}
        value={place ? to : from}
        onChange={(next) => onChange(place ? [from, next] : [next, to])}
        aria-label={t(name)}
      />
    );
    return (
      <>
        {side("list.from", 0)}
        {side("list.until", 1)}
      </>
    );
  }
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
  names?: (id: string) => string | undefined;
  onDone: (leaf: Leaf) => void;
}) {
  const { t, i18n } = useTranslation();
  const operatorName = useOperatorName();
  const fields = object.fields.filter((field) => field.kind && field.level !== "masked");
  const start = fields.find((one) => one.key === leaf?.field);
  const [key, setKey] = useState(leaf?.field);
  const [op, setOp] = useState(leaf?.op ?? "");
  const [value, setValue] = useState<unknown>(() =>
    (start?.kind === "relation" || start?.kind === "relations") && Array.isArray(leaf?.value)
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
              if (formOf(next) !== formOf(op)) setValue(null);
              setOp(next);
            }}
            options={operatorsOf(field).map((one) => ({ value: one, label: operatorName(one, field) }))}
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
