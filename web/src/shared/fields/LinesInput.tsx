import { Button } from "antd";
import { Plus, X } from "lucide-react";
import type { CSSProperties } from "react";
import { useTranslation } from "react-i18next";
import { api } from "@/shared/api/client";
import { useObjects } from "@/shared/api/queries";
import type { FieldDef, Link } from "@/shared/api/types";
import { label, number } from "@/shared/format/format";
import { FieldInput } from "./FieldInput";
import { brought, computed, type Line } from "./lines";

const NUMERIC = ["number", "money", "percent"];

/** The lines inside a record, with what they come to while typing; the server works the figures out when saving. */
export function LinesInput({
  field,
  value,
  onChange,
}: {
  field: FieldDef;
  value: Line[] | null;
  onChange: (value: Line[]) => void;
}) {
  const { t, i18n } = useTranslation();
  const objects = useObjects();
  const child = objects.data?.find((object) => object.key === field.config.object);
  const fields = (child?.fields ?? []).filter((one) => !one.system);
  const columns = fields.filter((one) => !one.computed);
  const worked = fields.filter((one) => one.type === "formula");
  const lines = value ?? [];
  const put = (place: number, next: Line) =>
    onChange(lines.map((line, at) => (at === place ? { ...line, ...next } : line)));
  const choose = async (place: number, column: FieldDef, next: unknown) => {
    put(place, { [column.key]: next });
    const link = next as Link | null;
    if (column.type !== "relation" || !link) return;
    try {
      const chosen = await api<Record<string, unknown>>(`/records/${column.target}/${link.id}`);
      put(place, { [column.key]: next, ...brought(columns, lines[place] ?? {}, chosen) });
    } catch {
      // The line is complete without it: what the record would have brought can be typed.
    }
  };
  const fresh = () =>
    onChange([
      ...lines,
      Object.fromEntries(columns.filter((one) => one.default != null).map((one) => [one.key, one.default])),
    ]);
  const template = [
    ...columns.map((one) =>
      one.type === "relation" ? "minmax(150px,2fr)" : one.type === "boolean" ? "70px" : "minmax(84px,1fr)",
    ),
    ...worked.map(() => "minmax(84px,1fr)"),
    "28px",
  ].join(" ");
  const columnsStyle = { "--columns": template } as CSSProperties;
  const sum = (column: FieldDef) =>
    lines.reduce((total, line) => total + (computed(column, line) ?? 0), 0).toFixed(2);
  return (
    <div className="lines">
      {lines.length > 0 && (
        <div className="lines-head meta" style={columnsStyle} aria-hidden="true">
          {[...columns, ...worked].map((one) => (
            <span key={one.key} className={NUMERIC.includes(one.type) || one.computed ? "num cut" : "cut"}>
              {label(one.labels, i18n.language)}
              {one.required && <span className="required">*</span>}
            </span>
          ))}
        </div>
      )}
      {lines.map((line, place) => (
        <fieldset
          // biome-ignore lint/suspicious/noArrayIndexKey: new lines have no id until they are saved
          key={place}
          className="lines-row"
          style={columnsStyle}
          aria-label={t("form.line", { at: place + 1 })}
        >
          {columns.map((column) => (
            <div key={column.key} data-label={label(column.labels, i18n.language)}>
              <FieldInput
                field={column}
                value={line[column.key]}
                aria-label={label(column.labels, i18n.language)}
                onChange={(next) =>
                  column.type === "relation"
                    ? void choose(place, column, next)
                    : put(place, { [column.key]: next })
                }
              />
            </div>
          ))}
          {worked.map((column) => (
            <span key={column.key} className="num" data-label={label(column.labels, i18n.language)}>
              {number(computed(column, line))}
            </span>
          ))}
          <Button
            type="text"
            size="small"
            icon={<X size={14} />}
            aria-label={t("form.removeLine", { at: place + 1 })}
            onClick={() => onChange(lines.filter((_, at) => at !== place))}
          />
        </fieldset>
      ))}
      <div className="lines-foot" style={columnsStyle}>
        <Button type="link" size="small" icon={<Plus size={14} />} onClick={fresh}>
          {t("form.addLine")}
        </Button>
        {lines.length > 1 &&
          worked.map((column, place) => (
            <span
              key={column.key}
              className="num strong"
              style={{ "--at": columns.length + 1 + place } as CSSProperties}
              title={t("form.total")}
            >
              {number(sum(column))}
            </span>
          ))}
      </div>
    </div>
  );
}
