import { Link } from "@tanstack/react-router";
import { useEffect, useRef } from "react";
import { useTranslation } from "react-i18next";
import type { FieldDef, ObjectDef, RecordData } from "@/shared/api/types";
import { FieldValue } from "@/shared/fields/FieldValue";
import { label } from "@/shared/format/format";
import { nameOf } from "./Table";

/** A list on a phone: two lines a record, the view's first four columns. */
export function PhoneRows({
  object,
  fields,
  rows,
  loading,
  onEnd,
}: {
  object: ObjectDef;
  fields: FieldDef[];
  rows: RecordData[];
  loading: boolean;
  onEnd: () => void;
}) {
  const { i18n } = useTranslation();
  const end = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const mark = end.current;
    if (!mark || typeof IntersectionObserver === "undefined") return;
    const seen = new IntersectionObserver((entries) => entries.some((one) => one.isIntersecting) && onEnd(), {
      rootMargin: "600px",
    });
    seen.observe(mark);
    return () => seen.disconnect();
  }, [onEnd]);
  const rest = fields.slice(1, 5);
  const figure = rest.find((field) => ["money", "number"].includes(field.type));
  const others = rest.filter((field) => field !== figure);
  return (
    <div className="phone-rows" aria-busy={loading}>
      <ul aria-label={label(object.plural, i18n.language)}>
        {rows.map((row) => (
          <li key={row.id}>
            <Link to="/o/$object/$id" params={{ object: object.key, id: row.id }} className="phone-row">
              <span className="row">
                <span className="strong cut grow">{nameOf(object, fields[0], row)}</span>
                {figure && row[figure.key] != null && (
                  <span className="strong">
                    <FieldValue field={figure} record={row} />
                  </span>
                )}
              </span>
              <span className="row dense soft">
                {others.map((field) =>
                  row[field.key] === null || row[field.key] === undefined ? null : (
                    <span key={field.key} className="cut">
                      <FieldValue field={field} record={row} plain still />
                    </span>
                  ),
                )}
              </span>
            </Link>
          </li>
        ))}
      </ul>
      <div ref={end} />
    </div>
  );
}
