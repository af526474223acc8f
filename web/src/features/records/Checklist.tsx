import { Circle, CircleCheck } from "lucide-react";
import { useTranslation } from "react-i18next";
import type { ObjectDef, RecordData } from "@/shared/api/types";
import { FieldValue } from "@/shared/fields/FieldValue";
import { label } from "@/shared/format/format";
import { Fact } from "./Fact";
import type { Values } from "./model";
import { metOf, type PathStage } from "./process";

/** What is missing for the next stage, each thing with its place to fill it in, and what is there already. */
export function Checklist({
  object,
  record,
  next,
  wanted,
  onSave,
}: {
  object: ObjectDef;
  record: RecordData;
  next: PathStage;
  /** All that the next stage asks for. */
  wanted: string[];
  onSave: (values: Values) => Promise<unknown>;
}) {
  const { t, i18n } = useTranslation();
  const locale = i18n.language;
  const missing = next.missing.map((one) => one.field);
  const met = metOf(object, wanted, missing, record);
  const total = met.length + missing.length;
  if (total === 0) return null;
  const name = label(next.labels, locale);
  const heading = missing.length
    ? t("record.missing", { name, count: missing.length })
    : t("record.ready", { name });
  return (
    <section className="card checklist" aria-label={heading}>
      <div className="row">
        <h2 className="grow">{heading}</h2>
        <span className="meta num">
          {met.length} / {total}
        </span>
      </div>
      <div className="segments" aria-hidden="true">
        {Array.from({ length: total }, (_, place) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: nothing but places
          <i key={place} className={place < met.length ? "on" : undefined} />
        ))}
      </div>
      {missing.map((key) => {
        const field = object.fields.find((one) => one.key === key);
        return (
          <div key={key} className="condition-line">
            <Circle size={15} role="img" aria-label={t("record.unmet")} />
            <dl className="grow facts one">
              {field ? (
                <Fact
                  object={object}
                  field={field}
                  record={record}
                  empty={t("record.fillIn")}
                  onSave={onSave}
                />
              ) : (
                key
              )}
            </dl>
          </div>
        );
      })}
      {met.map((field) => (
        <div key={field.key} className="condition-line">
          <CircleCheck size={15} className="good" role="img" aria-label={t("record.met")} />
          <div className="grow">
            <p className="dense soft">{label(field.labels, locale)}</p>
            <p className="meta">
              <FieldValue field={field} record={record} still />
            </p>
          </div>
        </div>
      ))}
    </section>
  );
}
