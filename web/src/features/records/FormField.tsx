import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { FieldDef, Link, ObjectDef } from "@/shared/api/types";
import { FieldInput } from "@/shared/fields/FieldInput";
import { label } from "@/shared/format/format";
import { type Candidates, Duplicates } from "./Duplicates";

const LONG = ["long_text", "line_items", "file", "image", "relation_any"];
const isEmpty = (value: unknown) =>
  value === null || value === undefined || value === "" || (Array.isArray(value) && value.length === 0);

/** A label, its input, and what there is to say about it: hint, error, records that are the same. */
export function FormField({
  object,
  field,
  value,
  currency,
  problem,
  duplicates,
  within,
  autoFocus,
  onChange,
}: {
  object: ObjectDef;
  field: FieldDef;
  value: unknown;
  currency?: string;
  problem?: string;
  duplicates?: Candidates;
  /** The account in whose records to look first. */
  within?: Link;
  autoFocus?: boolean;
  onChange: (value: unknown) => void;
}) {
  const { t, i18n } = useTranslation();
  const [left, setLeft] = useState(false);
  const id = `f-${field.key}`;
  const name = label(field.labels, i18n.language);
  const help = field.help ? label(field.help as FieldDef["labels"], i18n.language) : "";
  const shown =
    problem ?? (left && field.required && isEmpty(value) ? t("form.requiredNow", { name }) : undefined);
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: hears the field being left, whatever its input is made of
    <div
      className={`field${LONG.includes(field.type) ? " span" : ""}`}
      onBlur={(event) => {
        if (!event.currentTarget.contains(event.relatedTarget)) setLeft(true);
      }}
    >
      <label htmlFor={id}>
        {name}
        {field.required && (
          <>
            <span className="required" aria-hidden="true">
              *
            </span>
            <span className="spoken">{t("form.required")}</span>
          </>
        )}
      </label>
      <FieldInput
        field={field}
        id={id}
        value={value}
        currency={currency}
        within={field.target === "account" ? undefined : within}
        status={shown ? "error" : undefined}
        autoFocus={autoFocus}
        aria-required={field.required || undefined}
        aria-invalid={shown ? true : undefined}
        aria-describedby={shown ? `${id}-error` : help ? `${id}-hint` : undefined}
        onChange={onChange}
      />
      {help && (
        <p className="hint" id={`${id}-hint`}>
          {help}
        </p>
      )}
      {shown && (
        <p className="error" id={`${id}-error`}>
          {shown}
        </p>
      )}
      <Duplicates object={object} field={field.key} found={duplicates} />
    </div>
  );
}
