import { Input } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useMe } from "@/shared/api/queries";
import type { FieldDef } from "@/shared/api/types";
import { duration, money, monthDay, number, SIGNS } from "@/shared/format/format";
import { readDuration, readMonthDay, readNumber } from "@/shared/format/read";
import type { InputProps } from "./FieldInput";

interface Kind {
  /** The value of a text, null when it cannot be read. */
  read: (text: string) => string | number | null;
  /** The text of a value, to begin editing with. */
  text: (value: unknown) => string;
  /** What was understood, said back. */
  say: (value: unknown) => string;
}

function kindOf(field: FieldDef, currency: string, locale: string): Kind {
  if (field.type === "duration")
    return {
      read: readDuration,
      text: (value) => duration(value, locale),
      say: (value) => duration(value, locale),
    };
  if (field.type === "month_day")
    return {
      read: readMonthDay,
      text: (value) => monthDay(value, locale),
      say: (value) => monthDay(value, locale),
    };
  const say =
    field.type === "money"
      ? (value: unknown) => money(value, currency, locale)
      : (value: unknown) => `${number(value)}${field.type === "percent" ? "%" : ""}`;
  return { read: readNumber, text: (value) => number(value), say };
}

/**
 * Figures as people type them: 12.5万, 1.2M, 1h20m, 3-15. What was understood is said below while it differs from what
 * is typed; a text that cannot be read is kept and sent as it is, so that the server can say why not.
 */
export function NumberInput({
  field,
  value,
  onChange,
  currency,
  big,
  prefix,
  ...rest
}: InputProps & { big?: boolean; prefix?: string }) {
  const { i18n, t } = useTranslation();
  const me = useMe();
  const [typed, setTyped] = useState<string | null>(null);
  const unit = currency ?? me.data?.workspace.currency ?? "CNY";
  const kind = kindOf(field, unit, i18n.language);
  const empty = value === null || value === undefined || value === "";
  const readable = !empty && kind.read(String(value)) !== null ? kind.text(value) : String(value ?? "");
  const known = field.type === "duration" && typeof value === "number" ? kind.text(value) : readable;
  const shown = typed ?? (empty ? "" : known);
  const understood = typed?.trim() ? kind.read(typed) : null;
  const plain = (text: string) => text.replace(/[\s,，]/g, "");
  const echo =
    understood !== null &&
    plain(String(typed)) !== String(understood) &&
    plain(String(typed)) !== plain(kind.text(understood));
  const unreadable = Boolean(typed?.trim()) && understood === null;
  return (
    <>
      <Input
        {...rest}
        inputMode={field.type === "duration" || field.type === "month_day" ? "text" : "decimal"}
        autoComplete="off"
        className="num-input"
        prefix={field.type === "money" ? (prefix ?? SIGNS[unit] ?? unit) : undefined}
        suffix={field.type === "percent" ? "%" : undefined}
        value={shown}
        onFocus={(event) => {
          setTyped(shown);
          event.target.select();
        }}
        onBlur={() => {
          // Later than the click that took the focus away, so that its target does not move from under the pointer.
          if (!unreadable) setTimeout(() => setTyped(null), 250);
        }}
        onChange={(event) => {
          const text = event.target.value;
          setTyped(text);
          onChange(text.trim() === "" ? null : (kind.read(text) ?? text));
        }}
      />
      <p className="understood" aria-live="polite">
        {echo && `= ${kind.say(understood)}`}
        {unreadable &&
          t(`form.unread.${["duration", "month_day"].includes(field.type) ? field.type : "number"}`)}
      </p>
    </>
  );
}
