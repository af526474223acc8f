import { Button, Input, InputNumber, Select } from "antd";
import { Plus, X } from "lucide-react";
import { useTranslation } from "react-i18next";
import type { Labels, ObjectDef, OptionDef } from "@/shared/api/types";
import { label } from "@/shared/format/format";
import type { Setting } from "./fieldTypes";
import { OptionsEditor } from "./OptionsEditor";

export type Config = Record<string, unknown>;

interface Props {
  settings: Setting[];
  config: Config;
  objects: ObjectDef[];
  problems: Record<string, string>;
  onChange: (config: Config) => void;
}

/** What only this type asks for. */
export function Settings({ settings, config, objects, problems, onChange }: Props) {
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
  onChange: (value: unknown) => void;
}

function One({ id, setting, value, objects, onChange }: OneProps) {
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
      return <OptionsEditor options={(value ?? []) as OptionDef[]} onChange={onChange} />;
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
  const set = (place: number, changes: Partial<Column>) =>
    onChange(value.map((one, at) => (at === place ? { ...one, ...changes } : one)));
  return (
    <div className="options">
      {value.map((column, place) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: columns have no key until they are stored
        <div className="row" key={place}>
          <Input
            size="small"
            aria-label={t("build.columnZh", { place: place + 1 })}
            placeholder={t("build.zhShort")}
            value={column.labels.zh}
            onChange={(event) => set(place, { labels: { ...column.labels, zh: event.target.value } })}
          />
          <Input
            size="small"
            aria-label={t("build.columnEn", { place: place + 1 })}
            placeholder="English"
            value={column.labels.en}
            onChange={(event) => set(place, { labels: { ...column.labels, en: event.target.value } })}
          />
          <Select
            size="small"
            style={{ width: 96, flex: "none" }}
            aria-label={t("build.type")}
            value={column.type}
            onChange={(type) => set(place, { type })}
            options={COLUMN_TYPES.map((one) => ({ value: one, label: t(`build.types.${one}`) }))}
          />
          <button
            type="button"
            className="plain icon"
            aria-label={t("build.removeOption", { name: column.labels.zh || column.labels.en })}
            onClick={() => onChange(value.filter((_, at) => at !== place))}
          >
            <X size={14} />
          </button>
        </div>
      ))}
      <Button
        type="text"
        size="small"
        icon={<Plus size={14} />}
        onClick={() => onChange([...value, { labels: { zh: "", en: "" }, type: "text" }])}
      >
        {t("build.addColumn")}
      </Button>
    </div>
  );
}
