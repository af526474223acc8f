import { useQueryClient } from "@tanstack/react-query";
import { Select } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api } from "@/shared/api/client";
import type { FieldDef, ObjectDef } from "@/shared/api/types";
import { label } from "@/shared/format/format";
import { useSentence } from "@/shared/Problem";
import type { Draft } from "./shapes";

const NEW = "\u0000new";

/** Fields a column may go into. */
export const importable = (object: ObjectDef | undefined): FieldDef[] =>
  (object?.fields ?? []).filter(
    (field) => !field.computed && field.level === "write" && field.type !== "line_items",
  );

interface Props {
  draft: Draft;
  object: ObjectDef;
  mapping: Record<string, string | null>;
  mayDesign: boolean;
  onChange: (mapping: Record<string, string | null>) => void;
}

/** Each column of the file beside what it holds and where it goes; a column without a field can become one here. */
export function Mapping({ draft, object, mapping, mayDesign, onChange }: Props) {
  const { t, i18n } = useTranslation();
  const locale = i18n.language;
  const queries = useQueryClient();
  const sentence = useSentence();
  const [refusal, setRefusal] = useState<{ column: string; text: string } | null>(null);
  const fields = importable(object);
  const taken = new Set(Object.values(mapping).filter(Boolean));
  const makeField = async (column: string) => {
    const proposed = draft.new_fields.find((one) => one.column === column);
    const { column: _, ...spec } = proposed ?? {
      column,
      type: "text",
      labels: { zh: column, en: column },
      on_form: false,
    };
    setRefusal(null);
    try {
      const made = await api<FieldDef>(`/objects/${object.key}/fields`, { body: spec });
      await queries.invalidateQueries({ queryKey: ["objects"] });
      onChange({ ...mapping, [column]: made.key });
    } catch (problem) {
      setRefusal({ column, text: sentence(problem) });
    }
  };
  return (
    <table className="mapping">
      <thead>
        <tr>
          <th scope="col">{t("imp.column")}</th>
          <th scope="col">{t("imp.sample")}</th>
          <th scope="col">{t("imp.field")}</th>
        </tr>
      </thead>
      <tbody>
        {draft.header.map((column, place) => {
          const chosen = mapping[column] ?? undefined;
          const proposed = draft.new_fields.find((one) => one.column === column);
          const values = draft.sample
            .map((row) => row[place])
            .filter((value) => value !== null && value !== "")
            .slice(0, 3)
            .map(String);
          const options = fields
            .filter((field) => field.key === chosen || !taken.has(field.key))
            .map((field) => ({ value: field.key, label: label(field.labels, locale) }));
          if (mayDesign && column && !chosen) {
            const type = t(`build.types.${proposed?.type ?? "text"}`);
            options.unshift({ value: NEW, label: t("imp.newField", { name: column, type }) });
          }
          return (
            <tr key={column || `empty-${place}`} className={chosen ? "" : "left-out"}>
              <th scope="row">{column || "—"}</th>
              <td>
                <span className="sample">{values.join(" · ") || "—"}</span>
              </td>
              <td>
                <Select
                  aria-label={t("imp.fieldFor", { column })}
                  allowClear
                  showSearch={{ optionFilterProp: "label" }}
                  placeholder={t("imp.skip")}
                  disabled={!column}
                  value={chosen}
                  status={refusal?.column === column ? "error" : undefined}
                  onChange={(next?: string) =>
                    next === NEW ? void makeField(column) : onChange({ ...mapping, [column]: next ?? null })
                  }
                  options={options}
                />
                {refusal?.column === column && (
                  <p className="meta bad" role="alert">
                    {refusal.text}
                  </p>
                )}
              </td>
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}
