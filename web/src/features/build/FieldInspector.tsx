import { Button, Checkbox, Input, Popconfirm } from "antd";
import { X } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { ApiProblem } from "@/shared/api/client";
import type { FieldDef, ObjectDef } from "@/shared/api/types";
import { label } from "@/shared/format/format";
import { useSentence } from "@/shared/Problem";
import { useDesigner } from "./api";
import { CONVERTIBLE, typeInfo } from "./fieldTypes";
import { cleaned } from "./NewField";
import { type Config, Settings } from "./Settings";
import { TypeChange } from "./TypeChange";

interface Props {
  object: ObjectDef;
  field: FieldDef;
  objects: ObjectDef[];
  onClose: () => void;
}

/** A field's labels and settings. Every change is stored when one leaves it, recorded, and can be undone. */
export function FieldInspector({ object, field, objects, onClose }: Props) {
  const { t, i18n } = useTranslation();
  const locale = i18n.language;
  const info = typeInfo(field.type);
  const stored: Config = {
    ...field.config,
    ...(field.options ? { options: field.options } : {}),
    ...(field.target ? { target: field.target } : {}),
  };
  const [zh, setZh] = useState(field.labels.zh);
  const [en, setEn] = useState(field.labels.en);
  const [config, setConfig] = useState<Config>(stored);
  const [retyping, setRetyping] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const sentence = useSentence();
  const send = useDesigner();
  const problems = error instanceof ApiProblem ? error.byField : {};
  const path = `/objects/${object.key}/fields/${field.key}` as const;
  const save = async (changes: Record<string, unknown>) => {
    setError(null);
    try {
      await send(path, "PATCH", changes);
    } catch (problem) {
      setError(problem);
    }
  };
  const saveLabels = () => {
    if (zh.trim() === field.labels.zh && en.trim() === field.labels.en) return;
    void save({ labels: { zh: zh.trim(), en: en.trim() } });
  };
  const fixed = ["target", "object", "relation", "fields"];
  const settings = info.settings.filter((setting) => !fixed.includes(setting.name));
  const changed = JSON.stringify(cleaned(config)) !== JSON.stringify(cleaned(stored));
  const retire = async () => {
    setError(null);
    try {
      await send(path, "DELETE");
      onClose();
    } catch (problem) {
      setError(problem);
    }
  };
  const Icon = info.icon;
  return (
    <aside className="inspector" aria-label={label(field.labels, locale)}>
      <header className="row">
        <Icon size={16} strokeWidth={1.7} />
        <h2 className="cut">{label(field.labels, locale)}</h2>
        <span className="meta grow">{t(`build.types.${field.type}`)}</span>
        <button type="button" className="plain icon" aria-label={t("build.close")} onClick={onClose}>
          <X size={16} />
        </button>
      </header>
      <div className="settings">
        <div className="pair">
          <div className="field">
            <label htmlFor="field-zh">{t("build.zh")}</label>
            <Input
              id="field-zh"
              value={zh}
              disabled={field.system}
              onChange={(event) => setZh(event.target.value)}
              onBlur={saveLabels}
              onPressEnter={saveLabels}
            />
          </div>
          <div className="field">
            <label htmlFor="field-en">{t("build.en")}</label>
            <Input
              id="field-en"
              value={en}
              disabled={field.system}
              onChange={(event) => setEn(event.target.value)}
              onBlur={saveLabels}
              onPressEnter={saveLabels}
            />
          </div>
        </div>
        <div className="field">
          <label htmlFor="field-key">
            {t("build.key")} <span className="meta">{t("build.keyFixed")}</span>
          </label>
          <Input id="field-key" value={field.key} disabled />
        </div>
        {field.target && (
          <p className="dense">
            {t("build.set.target")} ·{" "}
            {label(objects.find((one) => one.key === field.target)?.labels, locale) || field.target}
          </p>
        )}
        {!field.system && (
          <>
            <Settings
              settings={settings}
              config={config}
              objects={objects}
              problems={problems}
              onChange={setConfig}
            />
            {changed && (
              <div className="row">
                <Button type="primary" size="small" onClick={() => save(cleaned(config))}>
                  {t("build.apply")}
                </Button>
                <Button size="small" onClick={() => setConfig(stored)}>
                  {t("build.putBack")}
                </Button>
              </div>
            )}
            <div className="checks">
              {!field.computed && (
                <Checkbox
                  checked={field.required}
                  onChange={(event) => save({ required: event.target.checked })}
                >
                  {t("build.required")}
                </Checkbox>
              )}
              <Checkbox checked={field.on_form} onChange={(event) => save({ on_form: event.target.checked })}>
                {t("build.onForm")}
              </Checkbox>
              {["roll_up", "formula"].includes(field.type) && (
                <Checkbox
                  checked={Boolean(field.config?.declassified)}
                  onChange={(event) => save({ declassified: event.target.checked })}
                >
                  {t("build.declassified")}
                </Checkbox>
              )}
            </div>
          </>
        )}
        {field.system && <p className="meta">{t("build.systemField")}</p>}
        {error !== null && (
          <p className="bad dense" role="alert">
            {sentence(error)}
          </p>
        )}
        {!field.system && (
          <div className="row">
            {CONVERTIBLE.includes(field.type) && (
              <Button onClick={() => setRetyping(true)}>{t("build.retype")}</Button>
            )}
            <Popconfirm
              title={t("build.retireAsk", { name: label(field.labels, locale) })}
              okText={t("build.retire")}
              onConfirm={retire}
            >
              <Button danger type="text">
                {t("build.retire")}
              </Button>
            </Popconfirm>
          </div>
        )}
        <p className="meta">{t("build.recorded")}</p>
      </div>
      {retyping && (
        <TypeChange object={object} field={field} objects={objects} onClose={() => setRetyping(false)} />
      )}
    </aside>
  );
}
