import { useQuery } from "@tanstack/react-query";
import { Skeleton } from "antd";
import { Lock } from "lucide-react";
import { useTranslation } from "react-i18next";
import { api } from "@/shared/api/client";
import type { ObjectDef, RecordData } from "@/shared/api/types";
import { FieldValue } from "@/shared/fields/FieldValue";
import { label } from "@/shared/format/format";
import { ProblemBox } from "@/shared/Problem";
import type { Designed } from "./api";
import type { Drafted } from "./draft";

interface Props {
  object: Designed;
  drafted: Drafted;
  role: string;
  record: RecordData | undefined;
  phone: boolean;
}

/** The form as somebody with one role would have it; what that role may see is the server's answer, not a guess. */
export function RolePreview({ object, drafted, role, record, phone }: Props) {
  const { t, i18n } = useTranslation();
  const locale = i18n.language;
  const found = useQuery({
    queryKey: ["objects", "as", role],
    queryFn: async () => (await api<{ objects: ObjectDef[] }>(`/objects?as_role=${role}`)).objects,
  });
  if (found.error) return <ProblemBox error={found.error} retry={() => found.refetch()} />;
  if (!found.data) return <Skeleton active className="late-in" style={{ padding: 24 }} />;
  const seen = found.data.find((one) => one.key === object.key);
  if (!seen)
    return <p className="empty">{t("build.roleSeesNothing", { name: label(object.labels, locale) })}</p>;
  const level = (key: string) =>
    key.startsWith("~") ? "write" : seen.fields.find((field) => field.key === key)?.level;
  const sections = drafted.sections
    .map((section) => ({ ...section, fields: section.fields.filter((key) => level(key)) }))
    .filter((section) => section.fields.length > 0);
  return (
    <section className={phone ? "canvas narrow" : "canvas"} aria-label={t("build.preview_")}>
      <div className="canvas-in">
        {sections.map((section) => (
          <section key={section.key} className="form-section" aria-label={label(section.labels, locale)}>
            <header className="row">
              <span className="form-name">{label(section.labels, locale)}</span>
            </header>
            <div className={section.columns === 2 && !phone ? "tiles two" : "tiles"}>
              {section.fields.map((key) => {
                const field = drafted.fields.find((one) => one.key === key);
                if (!field) return null;
                const may = level(key);
                return (
                  <div key={key} className="tile still">
                    <span className="tile-head row">
                      <span className="cut">{label(field.labels, locale)}</span>
                      {field.required && <span className="required">*</span>}
                      <span className="grow" />
                      {may !== "write" && <Lock size={12} aria-label={t(`build.level.${may}`)} />}
                    </span>
                    <span
                      className={may === "write" && !field.computed ? "tile-box row" : "tile-box row locked"}
                    >
                      <span className="grow cut">
                        {may === "masked" ? "•••" : <FieldValue field={field} record={record ?? {}} still />}
                      </span>
                    </span>
                  </div>
                );
              })}
            </div>
          </section>
        ))}
      </div>
    </section>
  );
}
