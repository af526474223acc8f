import { Button, Checkbox, Input } from "antd";
import { X } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { ApiProblem } from "@/shared/api/client";
import type { FieldDef, ObjectDef, OptionDef } from "@/shared/api/types";
import { useSentence } from "@/shared/Problem";
import { keyFrom, useDesigner } from "./api";
import { GROUPS, TYPES, typeInfo } from "./fieldTypes";
import { optionKey } from "./OptionsEditor";
import { type Config, Settings } from "./Settings";

interface Props {
  object: ObjectDef;
  objects: ObjectDef[];
  onMade: (field: string) => void;
  onClose: () => void;
}

/** Settings as the server takes them: options get their keys, empty lines are left out. */
export function cleaned(config: Config): Config {
  const found: Config = {};
  for (const [name, value] of Object.entries(config)) {
    if (value === undefined || value === null) continue;
    if (name !== "options") {
      found[name] = value;
      continue;
    }
    const taken = new Set<string>();
    found.options = (value as OptionDef[])
      .filter((one) => one.labels.zh.trim() || one.labels.en.trim())
      .map((one) => {
        const labels = { zh: one.labels.zh || one.labels.en, en: one.labels.en || one.labels.zh };
        const key = optionKey({ ...one, labels }, taken);
        taken.add(key);
        return { ...one, key, labels };
      });
  }
  return found;
}

/** A new field in two steps on one panel: choose a type, then name it and set what the type asks for. */
export function NewField({ object, objects, onMade, onClose }: Props) {
  const { t } = useTranslation();
  const [type, setType] = useState<string>();
  const [zh, setZh] = useState("");
  const [en, setEn] = useState("");
  const [key, setKey] = useState<string>();
  const [required, setRequired] = useState(false);
  const [unique, setUnique] = useState(false);
  const [config, setConfig] = useState<Config>({});
  const [error, setError] = useState<unknown>(null);
  const [busy, setBusy] = useState(false);
  const sentence = useSentence();
  const send = useDesigner();
  const info = type ? typeInfo(type) : undefined;
  const problems = error instanceof ApiProblem ? error.byField : {};
  const make = async () => {
    setBusy(true);
    setError(null);
    try {
      const body = {
        type,
        labels: { zh: zh.trim(), en: en.trim() },
        key: (key ?? keyFrom(en)) || undefined,
        required,
        unique,
        ...cleaned(config),
      };
      const made = await send<FieldDef>(`/objects/${object.key}/fields`, "POST", body);
      onMade(made.key);
    } catch (problem) {
      setError(problem);
    } finally {
      setBusy(false);
    }
  };
  return (
    <aside className="inspector" aria-label={t("build.newField")}>
      <header className="row">
        <h2 className="grow">{t("build.newField")}</h2>
        <button type="button" className="plain icon" aria-label={t("build.close")} onClick={onClose}>
          <X size={16} />
        </button>
      </header>
      <div className="types" role="radiogroup" aria-label={t("build.type")}>
        {GROUPS.map((group) => (
          <div key={group}>
            <p className="meta">{t(`build.group.${group}`)}</p>
            <div>
              {TYPES.filter((one) => one.group === group).map((one) => (
                <button
                  key={one.key}
                  type="button"
                  role="radio"
                  aria-checked={one.key === type}
                  className={one.key === type ? "plain type on" : "plain type"}
                  onClick={() => {
                    setType(one.key);
                    setConfig({});
                    setError(null);
                  }}
                >
                  <one.icon size={14} strokeWidth={1.7} />
                  <span className="cut">{t(`build.types.${one.key}`)}</span>
                </button>
              ))}
            </div>
          </div>
        ))}
      </div>
      {info && (
        <form
          className="settings"
          onSubmit={(event) => {
            event.preventDefault();
            void make();
          }}
        >
          <div className="pair">
            <div className="field">
              <label htmlFor="field-zh">{t("build.zh")}</label>
              <Input id="field-zh" value={zh} onChange={(event) => setZh(event.target.value)} />
            </div>
            <div className="field">
              <label htmlFor="field-en">{t("build.en")}</label>
              <Input id="field-en" value={en} onChange={(event) => setEn(event.target.value)} />
            </div>
          </div>
          {problems.labels && <p className="bad meta">{problems.labels}</p>}
          <div className="field">
            <label htmlFor="field-key">{t("build.key")}</label>
            <Input
              id="field-key"
              value={key ?? keyFrom(en)}
              placeholder={t("build.keyAuto")}
              onChange={(event) => setKey(event.target.value)}
            />
            <p className={problems.key ? "error" : "meta"}>{problems.key ?? t("build.keyHint")}</p>
          </div>
          <Settings
            settings={info.settings}
            config={config}
            objects={objects}
            problems={problems}
            onChange={setConfig}
          />
          {!info.computed && (
            <div className="checks">
              <Checkbox checked={required} onChange={(event) => setRequired(event.target.checked)}>
                {t("build.required")}
              </Checkbox>
              {info.unique && (
                <Checkbox checked={unique} onChange={(event) => setUnique(event.target.checked)}>
                  {t("build.unique")}
                </Checkbox>
              )}
            </div>
          )}
          {error !== null && (
            <p className="bad dense" role="alert">
              {sentence(error)}
            </p>
          )}
          <Button type="primary" htmlType="submit" loading={busy} disabled={!zh.trim() && !en.trim()}>
            {t("build.makeField")}
          </Button>
        </form>
      )}
    </aside>
  );
}
