import { Input, InputNumber, Select } from "antd";
import { X } from "lucide-react";
import { useTranslation } from "react-i18next";
import type { Labels, ObjectDef, OptionDef } from "@/shared/api/types";
import { label } from "@/shared/format/format";
import type { Setting } from "./fieldTypes";
import { OptionsEditor } from "./OptionsEditor";
import { Rows } from "./Rows";

export type Config = Record<string, unknown>;

interface Props {
  settings: Setting[];
  config: Config;
  objects: ObjectDef[];
  problems: Record<string, string>;
  /** The object that the field belongs to, for roll-ups that look for who points at it. */
  home?: string;
  /** How many records hold each option. */
  counts?: Record<string, number>;
  onChange: (config: Config) => void;
}

/** What only this type asks for. */
export function Settings({ settings, config, objects, problems, home, counts, onChange }: Props) {
  const { t } = useTranslation();
  return (
    <>
      {settings.map((setting) => {
        const id = `setting-${setting.name}`;
        const problem = Object.entries(problems).find(([key]) => key.split(".").includes(setting.name))?.[1];
        return (
          <div className="field" key={setting.name}>
            <label htmlFor={id}>
              {t(`build.set.${setting.name}`)}
              {setting.needed && <span className="required">*</span>}
            </label>
            <One
              id={id}
              setting={setting}
              value={config[setting.name]}
              objects={objects}
              config={config}
              home={home}
              counts={counts}
              onChange={(value) => onChange({ ...config, [setting.name]: value })}
            />
            {problem && (
              <p className="error" role="alert">
                {problem}
              </p>
            )}
          </div>
        );
      })}
    </>
  );
}

interface OneProps {
  id: string;
  setting: Setting;
  value: unknown;
  objects: ObjectDef[];
  config: Config;
  home?: string;
  counts?: Record<string, number>;
  onChange: (value: unknown) => void;
}

function One({ id, setting, value, objects, config, home, counts, onChange }: OneProps) {
  const { t, i18n } = useTranslation();
  const named = objects
    .filter((object) => object.kind === "object" || setting.name === "object")
    .map((object) => ({ value: object.key, label: label(object.labels, i18n.language) }));
  switch (setting.ask) {
    case "whole":
    case "number":
      return (
        <InputNumber
          id={id}
          style={{ width: "100%" }}
          precision={setting.ask === "whole" ? 0 : undefined}
          stringMode={setting.ask === "number"}
          value={(value ?? null) as number | null}
          onChange={(next) => onChange(next === null || next === undefined ? undefined : Number(next))}
        />
      );
    case "choice":
      return (
        <Select
          id={id}
          allowClear={!setting.needed}
          value={value as string | undefined}
          onChange={onChange}
          options={(setting.choices ?? []).map((one) => ({ value: one, label: t(`build.choice.${one}`) }))}
        />
      );
    case "object":
      return <Select id={id} value={value as string} onChange={onChange} options={named} showSearch />;
    case "objects":
      return (
        <Select
          id={id}
          mode="multiple"
          value={(value ?? []) as string[]}
          onChange={onChange}
          options={named}
        />
      );
    case "options":
      return <OptionsEditor options={(value ?? []) as OptionDef[]} counts={counts} onChange={onChange} />;
    case "relation":
    case "field": {
      // a roll-up runs over the records of another object that point here, by one of its relations
      const child = objects.find((object) => object.key === config.object);
      const fits = (child?.fields ?? []).filter((field) =>
        setting.ask === "relation" ? field.target === home : !field.system || field.key === "created_at",
      );
      const lines = setting.ask === "relation" && child?.kind === "lines" ? ["parent"] : [];
      return (
        <Select
          id={id}
          allowClear={!setting.needed}
          value={value as string | undefined}
          onChange={onChange}
          options={[
            ...lines.map((key) => ({ value: key, label: t("build.itsDocument") })),
            ...fits.map((field) => ({ value: field.key, label: label(field.labels, i18n.language) })),
          ]}
        />
      );
    }
    case "columns":
      return <Columns value={(value ?? []) as Column[]} onChange={onChange} />;
    case "formula":
      return (
        <Input.TextArea
          id={id}
          autoSize={{ minRows: 2 }}
          value={(value ?? "") as string}
          placeholder="{amount} * 0.1"
          onChange={(event) => onChange(event.target.value)}
        />
      );
    default:
      return (
        <Input
          id={id}
          value={(value ?? "") as string}
          onChange={(event) => onChange(event.target.value || undefined)}
        />
      );
  }
}

interface Column {
  labels: Labels;
  type: string;
}

const COLUMN_TYPES = ["text", "number", "money", "percent", "date", "boolean"];

/** The columns of a table of lines. */
function Columns({ value, onChange }: { value: Column[]; onChange: (value: Column[]) => void }) {
  const { t } = useTranslation();
  return (
    <Rows
      items={value}
      onChange={onChange}
      name={(place, language) => t(language === "zh" ? "build.columnZh" : "build.columnEn", { place })}
      addText={t("build.addColumn")}
      fresh={() => ({ labels: { zh: "", en: "" }, type: "text" })}
      after={(column, set, drop) => (
        <>
          <Select
            size="small"
            style={{ width: 84, flex: "none" }}
            aria-label={t("build.type")}
            value={column.type}
            onChange={(type) => set({ type })}
            options={COLUMN_TYPES.map((one) => ({ value: one, label: t(`build.types.${one}`) }))}
          />
          <button
            type="button"
            className="plain icon"
            aria-label={t("build.removeOption", { name: column.labels.zh || column.labels.en })}
            onClick={drop}
          >
            <X size={14} />
          </button>
        </>
      )}
    />
  );
}
