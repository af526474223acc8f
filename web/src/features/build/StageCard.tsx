import { useSortable } from "@dnd-kit/sortable";
import { CSS } from "@dnd-kit/utilities";
import { Dropdown } from "antd";
import { Ellipsis, GripVertical } from "lucide-react";
import { useTranslation } from "react-i18next";
import { label } from "@/shared/format/format";
import { StageBar } from "@/shared/StageBar";
import type { Designed } from "./api";
import type { Stage } from "./pipelines";

interface Props {
  object: Designed;
  stages: Stage[];
  stage: Stage;
  /** The stage as it is in use; none for a new one. */
  before: Stage | undefined;
  count: number;
  chosen: boolean;
  onChoose: () => void;
  onMove: (by: -1 | 1) => void;
}

/** A stage as a column with what it holds: the fields it asks for, what it tells, how many records are in it. */
export function StageCard({ object, stages, stage, before, count, chosen, onChoose, onMove }: Props) {
  const { t, i18n } = useTranslation();
  const locale = i18n.language;
  const name = label(stage.labels, locale);
  const { setNodeRef, setActivatorNodeRef, listeners, attributes, transform, transition } = useSortable({
    id: stage.key,
  });
  const options = stages.map((one) => ({ key: one.key, labels: one.labels, kind: one.kind }));
  const changed = before && JSON.stringify(before) !== JSON.stringify(stage);
  const end = t(stage.kind === "open" ? "build.probabilityOf" : "build.endOf", {
    probability: stage.probability ?? 0,
  });
  return (
    <section
      ref={setNodeRef}
      aria-label={name}
      className={`stage-card${chosen ? " on" : ""}${!before ? " new" : ""}`}
      style={{ transform: CSS.Transform.toString(transform), transition }}
    >
      <header>
        <div className="row">
          <StageBar stages={options} value={stage.key} />
          <span className="grow" />
          <button
            ref={setActivatorNodeRef}
            type="button"
            className="plain grip"
            {...attributes}
            {...listeners}
            aria-label={t("build.dragRow", { name })}
          >
            <GripVertical size={14} />
          </button>
          <Dropdown
            trigger={["click"]}
            menu={{
              items: [
                { key: "left", label: t("build.moveLeft"), onClick: () => onMove(-1) },
                { key: "right", label: t("build.moveRight"), onClick: () => onMove(1) },
              ],
            }}
          >
            <button type="button" className="plain icon" aria-label={t("build.stageMenu", { name })}>
              <Ellipsis size={14} />
            </button>
          </Dropdown>
        </div>
        <button type="button" className="plain stage-title" aria-pressed={chosen} onClick={onChoose}>
          {!before && <span className="plus">+ </span>}
          {name}
        </button>
        <p className="meta">{end}</p>
      </header>
      <div className="stage-body dense">
        <p className="meta">
          {t(stage.required.length > 0 ? "build.requiredHere" : "build.nothingRequired")}
        </p>
        {stage.required.map((key) => (
          <p key={key} className={before && !before.required.includes(key) ? "plus strong" : ""}>
            {before && !before.required.includes(key) && "+ "}
            {label(object.fields.find((field) => field.key === key)?.labels, locale) || key}
          </p>
        ))}
        {stage.hint && (stage.hint.zh || stage.hint.en) && (
          <>
            <p className="meta">{t("build.guidance")}</p>
            <p>{label(stage.hint, locale)}</p>
          </>
        )}
        {stage.stale_factor !== null && (
          <p className="meta">{t("build.staleAfter", { factor: stage.stale_factor })}</p>
        )}
      </div>
      <footer className={changed ? "changed meta" : "meta"}>
        {changed ? t("build.changedHere") : t("build.recordsHere", { count })}
      </footer>
    </section>
  );
}
