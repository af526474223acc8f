import { Button, Checkbox, Input } from "antd";
import { X } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Labels, ObjectDef } from "@/shared/api/types";
import { FieldInput } from "@/shared/fields/FieldInput";
import { label } from "@/shared/format/format";
import { type Designed, keyFrom } from "./api";
import { type DraftField, lacking, type Operation } from "./draft";
import { FieldRights } from "./FieldRights";
import { FieldUses, useFieldUses } from "./FieldUses";
import { FormulaTry } from "./FormulaTry";
import { CONVERTIBLE, typeInfo } from "./fieldTypes";
import { Names } from "./Names";
import { type Config, Settings } from "./Settings";
import { TypeChange } from "./TypeChange";

interface Props {
  object: Designed;
  field: DraftField;
  objects: ObjectDef[];
  problem?: string;
  push: (...more: Operation[]) => void;
  onClose: () => void;
}

const NO_DEFAULT = [
  "file",
  "image",
  "line_items",
  "auto_number",
  "formula",
  "roll_up",
  "stage",
  "pipeline",
  "relation_any",
];

/** What a field is set to. Each change goes into the draft at once; nothing here has a save button. */
export function FieldPanel({ object, field, objects, problem, push, onClose }: Props) {
  const { t, i18n } = useTranslation();
  const locale = i18n.language;
  const info = typeInfo(field.type);
  const isNew = field.mark === "new";
  const [retyping, setRetyping] = useState(false);
  const uses = useFieldUses(object.key, isNew || field.system ? undefined : field.key);
  const change = (changes: Record<string, unknown>) => push({ op: "change", field: field.key, changes });
  const config: Config = {
    ...field.config,
    ...(field.options ? { options: field.options } : {}),
    ...(field.target ? { target: field.target } : {}),
  };
  const fixed = isNew ? [] : ["target", "object", "relation", "fields"];
  const settings = info.settings.filter((setting) => !fixed.includes(setting.name));
  const draftKey = (field as { draftKey?: string }).draftKey;
  const setConfig = (next: Config) => {
    for (const [name, value] of Object.entries(next))
      if (value !== config[name]) change({ [name]: value === undefined ? null : value });
  };
  const Icon = info.icon;
  const missing = isNew ? lacking(field) : [];
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
      {field.system ? (
        <p className="meta">{t("build.systemField")}</p>
      ) : (
        <div className="settings">
          {problem && (
            <p className="bad dense" role="alert">
              {problem}
            </p>
          )}
          <Names
            id={`field-${field.key}`}
            labels={field.labels}
            autoFocus={isNew}
            onChange={(labels: Labels) => change({ labels })}
          />
          <div className="field">
            <label htmlFor="field-key">
              {t("build.key")}{" "}
              <span className="meta">{isNew ? t("build.keyHint") : t("build.keyFixed")}</span>
            </label>
            <Input
              id="field-key"
              value={isNew ? (draftKey ?? "") : field.key}
              placeholder={isNew ? keyFrom(field.labels.en) || t("build.keyAuto") : undefined}
              disabled={!isNew}
              onChange={(event) => change({ key: event.target.value })}
            />
          </div>
          {!isNew && field.target && (
            <p className="dense">
              {t("build.set.target")} ·{" "}
              {label(objects.find((one) => one.key === field.target)?.labels, locale) || field.target}
            </p>
          )}
          <Settings
            settings={settings}
            config={config}
            objects={objects}
            problems={{}}
            home={object.key}
            counts={uses.data?.options}
            onChange={setConfig}
          />
          {missing.length > 0 && (
            <p className="attention meta">
              {t("build.lacking", { settings: missing.map((name) => t(`build.set.${name}`)).join("、") })}
            </p>
          )}
          {field.type === "formula" && <FormulaTry object={object} field={field} />}
          <div className="checks">
            {!field.computed && (
              <Checkbox
                checked={field.required}
                onChange={(event) => change({ required: event.target.checked })}
              >
                {t("build.required")}
              </Checkbox>
            )}
            {info.unique && (
              <Checkbox
                checked={field.unique ?? false}
                onChange={(event) => change({ unique: event.target.checked })}
              >
                {t("build.unique")}
              </Checkbox>
            )}
            {!field.computed && (
              <Checkbox
                checked={field.on_form}
                onChange={(event) => change({ on_form: event.target.checked })}
              >
                {t("build.onForm")}
              </Checkbox>
            )}
            {["roll_up", "formula"].includes(field.type) && (
              <Checkbox
                checked={Boolean(field.config.declassified)}
                onChange={(event) => change({ declassified: event.target.checked })}
              >
                {t("build.declassified")}
              </Checkbox>
            )}
          </div>
          {!NO_DEFAULT.includes(field.type) && (
            <div className="field">
              <label htmlFor="field-default">{t("build.default")}</label>
              <FieldInput
                id="field-default"
                field={{ ...field, required: false }}
                value={field.default}
                onChange={(value) => change({ default: value ?? null })}
              />
            </div>
          )}
          <Help field={field} onChange={(help) => change({ help })} />
          <FieldRights object={object} field={field} />
          {!isNew && <FieldUses object={object} uses={uses.data} />}
          <div className="row">
            {!isNew && CONVERTIBLE.includes(field.type) && (
              <Button onClick={() => setRetyping(true)}>{t("build.retype")}</Button>
            )}
            <Button
              danger
              type="text"
              disabled={field.key === object.name_field}
              title={field.key === object.name_field ? t("build.nameStays") : undefined}
              onClick={() => {
                push({ op: "retire", field: field.key });
                onClose();
              }}
            >
              {isNew ? t("build.dropField") : t("build.retire")}
            </Button>
          </div>
        </div>
      )}
      {retyping && (
        <TypeChange object={object} field={field} objects={objects} onClose={() => setRetyping(false)} />
      )}
    </aside>
  );
}

function Help({ field, onChange }: { field: DraftField; onChange: (help: Partial<Labels>) => void }) {
  const { t } = useTranslation();
  return (
    <div className="field">
      <label htmlFor="field-help-zh">{t("build.help")}</label>
      <Input
        id="field-help-zh"
        prefix={<span className="meta">中</span>}
        value={field.help?.zh ?? ""}
        onChange={(event) => onChange({ ...field.help, zh: event.target.value })}
      />
      <Input
        style={{ marginTop: 6 }}
        prefix={<span className="meta">EN</span>}
        aria-label={t("build.helpEn")}
        value={field.help?.en ?? ""}
        onChange={(event) => onChange({ ...field.help, en: event.target.value })}
      />
    </div>
  );
}
