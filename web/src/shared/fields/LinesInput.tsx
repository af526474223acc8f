import { Button } from "antd";
import { Plus, X } from "lucide-react";
import { useTranslation } from "react-i18next";
import { useObjects } from "@/shared/api/queries";
import type { FieldDef } from "@/shared/api/types";
import { label } from "@/shared/format/format";
import { FieldInput } from "./FieldInput";

type Line = Record<string, unknown>;

/** The lines inside a record; computed columns are shown after saving. */
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
  const columns = (child?.fields ?? []).filter((one) => !one.computed && !one.system);
  const lines = value ?? [];
  const change = (place: number, key: string, next: unknown) =>
    onChange(lines.map((line, at) => (at === place ? { ...line, [key]: next } : line)));
  return (
    <div>
      {lines.map((line, place) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: new lines have no id until they are saved
        <div key={place} className="row" style={{ marginBottom: 6, alignItems: "end" }}>
          {columns.map((column) => (
            <div key={column.key} className="grow">
              {place === 0 && <div className="meta cut">{label(column.labels, i18n.language)}</div>}
              <FieldInput
                field={column}
                value={line[column.key]}
                onChange={(next) => change(place, column.key, next)}
              />
            </div>
          ))}
          <Button
            type="text"
            icon={<X size={14} />}
            aria-label={t("form.removeLine")}
            onClick={() => onChange(lines.filter((_, at) => at !== place))}
          />
        </div>
      ))}
      <Button type="link" size="small" icon={<Plus size={14} />} onClick={() => onChange([...lines, {}])}>
        {t("form.addLine")}
      </Button>
    </div>
  );
}
