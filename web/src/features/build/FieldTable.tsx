import { Button, Input } from "antd";
import { Search } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { label } from "@/shared/format/format";
import { useSentence } from "@/shared/Problem";
import { type Designed, useDesigner } from "./api";
import { typeInfo } from "./fieldTypes";

interface Props {
  object: Designed;
  chosen: string | undefined;
  onChoose: (field: string) => void;
}

/** The fields of an object by section, then those the product keeps by itself, then the retired ones. */
export function FieldTable({ object, chosen, onChoose }: Props) {
  const { t, i18n } = useTranslation();
  const locale = i18n.language;
  const [text, setText] = useState("");
  const [error, setError] = useState<unknown>(null);
  const send = useDesigner();
  const sentence = useSentence();
  const fits = (words: string) => words.toLowerCase().includes(text.trim().toLowerCase());
  const fields = object.fields.filter((field) => fits(`${label(field.labels, locale)} ${field.key}`));
  const sections = object.config.sections ?? [];
  const groups = [
    ...sections.map((section) => ({
      key: section.key,
      title: label(section.labels, locale),
      fields: fields.filter((field) => !field.system && field.section === section.key),
    })),
    {
      key: "rest",
      title: sections.length ? t("build.otherFields") : t("build.ownFields"),
      fields: fields.filter(
        (field) => !field.system && !sections.some((section) => section.key === field.section),
      ),
    },
    { key: "system", title: t("build.systemFields"), fields: fields.filter((field) => field.system) },
  ];
  const restore = async (key: string) => {
    setError(null);
    try {
      await send(`/objects/${object.key}/fields/${key}/restore`, "POST");
    } catch (problem) {
      setError(problem);
    }
  };
  return (
    <>
      <Input
        className="find"
        prefix={<Search size={14} />}
        allowClear
        placeholder={t("build.find")}
        aria-label={t("build.find")}
        value={text}
        onChange={(event) => setText(event.target.value)}
      />
      {groups
        .filter((group) => group.fields.length > 0)
        .map((group) => (
          <section key={group.key} aria-label={group.title}>
            <h3 className="meta">{group.title}</h3>
            {group.fields.map((field) => {
              const info = typeInfo(field.type);
              return (
                <button
                  key={field.key}
                  type="button"
                  className={field.key === chosen ? "plain line row on" : "plain line row"}
                  aria-pressed={field.key === chosen}
                  onClick={() => onChoose(field.key)}
                >
                  <info.icon size={15} strokeWidth={1.7} />
                  <span className="name cut">
                    {label(field.labels, locale)}
                    {field.required && <span className="required">*</span>}
                  </span>
                  <code className="cut">{field.key}</code>
                  <span className="meta kind cut">
                    {t(`build.types.${field.type}`)}
                    {field.key === object.name_field && ` · ${t("build.nameField")}`}
                  </span>
                </button>
              );
            })}
          </section>
        ))}
      {(object.retired_fields ?? []).length > 0 && (
        <section aria-label={t("build.retiredFields")}>
          <h3 className="meta">{t("build.retiredFields")}</h3>
          {object.retired_fields?.map((field) => (
            <div key={field.key} className="line row away">
              <span className="name cut grow">{label(field.labels, locale)}</span>
              <code className="cut">{field.key}</code>
              <Button size="small" onClick={() => restore(field.key)}>
                {t("build.restore")}
              </Button>
            </div>
          ))}
        </section>
      )}
      {error !== null && (
        <p className="bad dense" role="alert">
          {sentence(error)}
        </p>
      )}
    </>
  );
}
