import { useTranslation } from "react-i18next";
import { useObjects } from "@/shared/api/queries";
import type { FieldDef, RecordData } from "@/shared/api/types";
import { FieldValue, isNumeric } from "@/shared/fields/FieldValue";
import { label, number } from "@/shared/format/format";

/** The lines inside a record as a table, figures added up at its end. */
export function Lines({ field, record }: { field: FieldDef; record: RecordData }) {
  const { t, i18n } = useTranslation();
  const objects = useObjects();
  const child = objects.data?.find((one) => one.key === field.config.object);
  const lines = (record[field.key] as RecordData[] | null) ?? [];
  const columns = (child?.fields ?? []).filter((one) => !one.system && one.type !== "relation_any");
  const name = label(field.labels, i18n.language);
  if (lines.length === 0) return <p className="meta">{t("record.noLines", { name })}</p>;
  return (
    <div className="lines-table">
      <table className="dense" aria-label={name}>
        <thead className="meta">
          <tr>
            {columns.map((one) => (
              <th key={one.key} className={isNumeric(one) ? "num" : undefined} scope="col">
                {label(one.labels, i18n.language)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {lines.map((line) => (
            <tr key={line.id}>
              {columns.map((one) => (
                <td key={one.key} className={isNumeric(one) ? "num" : undefined}>
                  <FieldValue field={one} record={line} plain />
                </td>
              ))}
            </tr>
          ))}
        </tbody>
        <tfoot>
          <tr>
            {columns.map((one, place) => (
              <td key={one.key} className={isNumeric(one) ? "num strong" : "meta"}>
                {place === 0
                  ? t("form.total")
                  : one.type === "formula" && isNumeric(one)
                    ? number(lines.reduce((sum, line) => sum + Number(line[one.key] ?? 0), 0).toFixed(2))
                    : ""}
              </td>
            ))}
          </tr>
        </tfoot>
      </table>
    </div>
  );
}
