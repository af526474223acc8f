import { Checkbox, Segmented } from "antd";
import { X } from "lucide-react";
import { useTranslation } from "react-i18next";
import type { LayoutSection } from "@/shared/api/types";
import { label } from "@/shared/format/format";
import type { Operation } from "./draft";
import { Names } from "./Names";

interface Props {
  section: LayoutSection;
  sections: LayoutSection[];
  push: (...more: Operation[]) => void;
  onClose: () => void;
}

/** A section's name, its columns, and whether it begins folded. */
export function SectionPanel({ section, sections, push, onClose }: Props) {
  const { t, i18n } = useTranslation();
  const set = (changes: Partial<LayoutSection>) =>
    push({
      op: "layout",
      sections: sections.map((one) => (one.key === section.key ? { ...one, ...changes } : one)),
    });
  return (
    <aside className="inspector" aria-label={label(section.labels, i18n.language)}>
      <header className="row">
        <h2 className="cut grow">{label(section.labels, i18n.language)}</h2>
        <button type="button" className="plain icon" aria-label={t("build.close")} onClick={onClose}>
          <X size={16} />
        </button>
      </header>
      <div className="settings">
        <Names id="section" labels={section.labels} autoFocus onChange={(labels) => set({ labels })} />
        <div className="field">
          <span className="meta">{t("build.columns")}</span>
          <Segmented
            value={section.columns}
            onChange={(columns) => set({ columns: columns as 1 | 2 })}
            options={[
              { value: 1, label: t("build.oneColumnShort") },
              { value: 2, label: t("build.twoColumnsShort") },
            ]}
          />
        </div>
        <Checkbox checked={section.collapsed} onChange={(event) => set({ collapsed: event.target.checked })}>
          {t("build.fold")}
        </Checkbox>
      </div>
    </aside>
  );
}
