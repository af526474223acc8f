import { Button, Input } from "antd";
import { Search } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { label } from "@/shared/format/format";
import type { Designed } from "./api";
import type { Drafted, Operation } from "./draft";
import { typeInfo } from "./fieldTypes";

interface Props {
  object: Designed;
  drafted: Drafted;
  chosen: string | undefined;
  onChoose: (field: string) => void;
  push: (...more: Operation[]) => void;
}

/** The fields of an object by section, then those the product keeps by itself, then the retired ones. */
export function FieldTable({ object, drafted, chosen, onChoose, push }: Props) {
  const { t, i18n } = useTranslation();
  const locale = i18n.language;
  const [text, setText] = useState("");
  const fits = (words: string) => words.toLowerCase().includes(text.trim().toLowerCase());
  const fields = drafted.fields.filter((field) => fits(`${label(field.labels, locale)} ${field.key}`));
  const groups = [
    ...drafted.sections.map((section) => ({
      key: section.key,
      title: label(section.labels, locale),
      fields: section.fields.flatMap((key) => fields.find((field) => field.key === key) ?? []),
    })),
    {
      key: "~off",
      title: t("build.unplaced"),
      fields: fields.filter((field) => drafted.unplaced.some((one) => one.key === field.key)),
    },
    { key: "~system", title: t("build.systemFields"), fields: fields.filter((field) => field.system) },
  ];
  return (
    <div className="object-body">
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
                  className={`plain line row${field.key === chosen ? " on" : ""}${field.mark ? " changed" : ""}`}
                  aria-pressed={field.key === chosen}
                  onClick={() => onChoose(field.key)}
                >
                  <info.icon size={15} strokeWidth={1.7} />
                  <span className="name cut">
                    {field.mark === "new" && <span className="plus">+ </span>}
                    {label(field.labels, locale)}
                    {field.required && <span className="required">*</span>}
                  </span>
                  <code className="cut">{field.mark === "new" ? "" : field.key}</code>
                  <span className="meta kind cut">
                    {t(`build.types.${field.type}`)}
                    {field.key === object.name_field && ` · ${t("build.nameField")}`}
                  </span>
                </button>
              );
            })}
          </section>
        ))}
      {drafted.retired.length > 0 && (
        <section aria-label={t("build.retiredFields")}>
          <h3 className="meta">{t("build.retiredFields")}</h3>
          {drafted.retired.map((field) => (
            <div key={field.key} className={field.mark ? "line row away changed" : "line row away"}>
              <span className="name cut grow">{label(field.labels, locale)}</span>
              <code className="cut">{field.key}</code>
              <span className="meta kind cut">{field.mark ? t("build.willRetire") : ""}</span>
              <Button size="small" onClick={() => push({ op: "restore", field: field.key })}>
                {t("build.restore")}
              </Button>
            </div>
          ))}
        </section>
      )}
    </div>
  );
}
