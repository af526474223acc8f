import { Button, Input, InputNumber, Segmented, Select } from "antd";
import { X } from "lucide-react";
import { useTranslation } from "react-i18next";
import { label } from "@/shared/format/format";
import type { Designed } from "./api";
import { Names } from "./Names";
import type { Stage } from "./pipelines";

interface Props {
  object: Designed;
  stage: Stage;
  count: number;
  isNew: boolean;
  only: boolean;
  onChange: (changes: Partial<Stage>) => void;
  onMove: (by: -1 | 1) => void;
  onRetire: () => void;
  onClose: () => void;
}

/** What a stage is set to: names, kind, probability, the fields it asks for, what it tells the seller, when it is stale. */
export function StagePanel({
  object,
  stage,
  count,
  isNew,
  only,
  onChange,
  onMove,
  onRetire,
  onClose,
}: Props) {
  const { t, i18n } = useTranslation();
  const locale = i18n.language;
  const fields = object.fields.filter(
    (field) => !["stage", "pipeline"].includes(field.type) && !field.computed && !field.system,
  );
  return (
    <aside className="inspector" aria-label={label(stage.labels, locale)}>
      <header className="row">
        <h2 className="cut">{label(stage.labels, locale)}</h2>
        <span className="meta grow">{t("build.recordsHere", { count })}</span>
        <button type="button" className="plain icon" aria-label={t("build.close")} onClick={onClose}>
          <X size={16} />
        </button>
      </header>
      <div className="settings">
        <Names
          id="stage"
          labels={stage.labels}
          autoFocus={isNew}
          onChange={(labels) => onChange({ labels })}
        />
        <div className="field">
          <span className="meta">{t("build.stageKind")}</span>
          <Segmented
            value={stage.kind}
            onChange={(kind) =>
              onChange({
                kind: kind as Stage["kind"],
                probability: kind === "won" ? 100 : kind === "lost" ? 0 : stage.probability,
              })
            }
            options={(["open", "won", "lost"] as const).map((kind) => ({
              value: kind,
              label: t(`build.kindOf.${kind}`),
            }))}
          />
        </div>
        <div className="field">
          <label htmlFor="stage-probability">{t("build.probability")}</label>
          <InputNumber
            id="stage-probability"
            min={0}
            max={100}
            precision={0}
            suffix="%"
            value={stage.probability}
            disabled={stage.kind !== "open"}
            onChange={(probability) => onChange({ probability })}
          />
        </div>
        <div className="field">
          <label htmlFor="stage-required">{t("build.requiredToEnter")}</label>
          <Select
            id="stage-required"
            mode="multiple"
            optionFilterProp="label"
            value={stage.required}
            onChange={(required) => onChange({ required })}
            options={fields.map((field) => ({ value: field.key, label: label(field.labels, locale) }))}
          />
        </div>
        <div className="field">
          <label htmlFor="stage-hint-zh">{t("build.guidance")}</label>
          <Input.TextArea
            id="stage-hint-zh"
            autoSize={{ minRows: 2 }}
            value={stage.hint?.zh ?? ""}
            onChange={(event) => onChange({ hint: { zh: event.target.value, en: stage.hint?.en ?? "" } })}
          />
          <Input.TextArea
            style={{ marginTop: 6 }}
            aria-label={t("build.guidanceEn")}
            placeholder="English"
            autoSize={{ minRows: 2 }}
            value={stage.hint?.en ?? ""}
            onChange={(event) => onChange({ hint: { zh: stage.hint?.zh ?? "", en: event.target.value } })}
          />
        </div>
        {stage.kind === "open" && (
          <div className="field">
            <label htmlFor="stage-stale">{t("build.staleFactor")}</label>
            <InputNumber
              id="stage-stale"
              min={0.1}
              max={20}
              step={0.1}
              placeholder="1.6"
              value={stage.stale_factor}
              onChange={(stale_factor) => onChange({ stale_factor })}
            />
          </div>
        )}
        <div className="row">
          <Button size="small" onClick={() => onMove(-1)}>
            {t("build.moveLeft")}
          </Button>
          <Button size="small" onClick={() => onMove(1)}>
            {t("build.moveRight")}
          </Button>
          <Button size="small" danger type="text" disabled={only} onClick={onRetire}>
            {isNew ? t("build.dropField") : t("build.retireStage")}
          </Button>
        </div>
      </div>
    </aside>
  );
}
