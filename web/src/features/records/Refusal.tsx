import "./refusal.css";
import { Button } from "antd";
import { Circle, CircleAlert, CircleCheck } from "lucide-react";
import { useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import type { Labels, ObjectDef, RecordData } from "@/shared/api/types";
import { FieldInput } from "@/shared/fields/FieldInput";
import { FieldValue } from "@/shared/fields/FieldValue";
import { label } from "@/shared/format/format";
import { isWritable, type Values } from "./model";
import { isEmpty, metOf } from "./process";

export interface Refused {
  record: RecordData;
  stage: { key: string; labels: Labels };
  missing: string[];
  /** All that the stage asks for, the met ones included. */
  wanted: string[];
  hint?: Labels;
  /** Messages by field, when what was filled in is not good enough. */
  problems?: Record<string, string>;
}

/** Why a move was refused: met and unmet conditions, each unmet one to fill in here; then move, or put back. */
export function Refusal({
  object,
  refused,
  title,
  busy,
  onMove,
  onPutBack,
}: {
  object: ObjectDef;
  refused: Refused;
  title: string;
  busy: boolean;
  onMove: (values: Values) => void;
  onPutBack: () => void;
}) {
  const { t, i18n } = useTranslation();
  const [values, setValues] = useState<Values>({});
  const box = useRef<HTMLDivElement>(null);
  const { record, stage, missing, wanted, problems = {} } = refused;
  const name = label(stage.labels, i18n.language);
  const met = metOf(object, wanted, missing, record);
  const fields = missing.flatMap((key) => object.fields.find((one) => one.key === key) ?? []);
  const heading = t("board.refused", { count: missing.length, name });
  const ready = fields.every((field) => !isEmpty(values[field.key]) || !isWritable(field));
  useEffect(() => {
    box.current?.scrollIntoView({ block: "nearest" });
    box.current?.querySelector<HTMLElement>("input, textarea, button")?.focus({ preventScroll: true });
  }, []);
  return (
    <section
      ref={box}
      className="refusal"
      role="alertdialog"
      aria-label={heading}
      onClick={(event) => event.stopPropagation()}
      onKeyDown={(event) => {
        if (event.key === "Escape" && !event.nativeEvent.isComposing) onPutBack();
        if (event.key === "Enter" && (event.metaKey || event.ctrlKey) && ready) onMove(values);
      }}
    >
      <header className="why">
        <p className="row bad strong">
          <CircleAlert size={14} aria-hidden="true" /> {heading}
        </p>
        <p className="dense cut">{title}</p>
      </header>
      <div className="body">
        {refused.hint && <p className="dense">{label(refused.hint, i18n.language)}</p>}
        {met.map((field) => (
          <div key={field.key} className="condition-line">
            <CircleCheck size={14} className="good" role="img" aria-label={t("record.met")} />
            <div className="grow">
              <p className="dense soft">{label(field.labels, i18n.language)}</p>
              <p className="meta">
                <FieldValue field={field} record={record} still />
              </p>
            </div>
          </div>
        ))}
        {fields.map((field) => {
          const id = `r-${record.id}-${field.key}`;
          return (
            <div key={field.key} className="condition-line">
              <Circle size={14} className="bad" role="img" aria-label={t("record.unmet")} />
              <div className="grow">
                <label className="dense strong" htmlFor={id}>
                  {label(field.labels, i18n.language)}
                </label>
                {isWritable(field) ? (
                  <FieldInput
                    id={id}
                    field={field}
                    value={values[field.key] ?? null}
                    status={problems[field.key] ? "error" : undefined}
                    aria-describedby={problems[field.key] ? `${id}-error` : undefined}
                    onChange={(next) => setValues({ ...values, [field.key]: next })}
                  />
                ) : (
                  <p className="meta">{t("record.notYours")}</p>
                )}
                {problems[field.key] && (
                  <p className="meta bad" id={`${id}-error`}>
                    {problems[field.key]}
                  </p>
                )}
              </div>
            </div>
          );
        })}
        <div className="row">
          <Button
            type="primary"
            size="small"
            className="grow"
            loading={busy}
            disabled={!ready}
            onClick={() => onMove(values)}
          >
            {t("record.fillMove")}
          </Button>
          <Button size="small" onClick={onPutBack}>
            {t("board.putBack")}
          </Button>
        </div>
        <p className="meta">{t("board.notSaved")}</p>
      </div>
    </section>
  );
}
