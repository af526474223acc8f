import { Button, Input, Modal, Select } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { ApiProblem } from "@/shared/api/client";
import type { Labels, ObjectDef } from "@/shared/api/types";
import { useSentence } from "@/shared/Problem";
import { keyFrom, useDesigner } from "./api";
import { bothLabels } from "./fresh";
import { Icons } from "./Icons";
import { Names } from "./Names";

const field = (key: string, type: string, more: Record<string, unknown> = {}) => ({
  key,
  type,
  labels: bothLabels(`build.template.${key}`),
  ...more,
});
const NAME = field("name", "text", { required: true });

/** What an object can begin with: nothing but its name, or the fields of a common kind of thing. */
const TEMPLATES: Record<string, () => Record<string, unknown>[]> = {
  blank: () => [NAME],
  work: () => [
    NAME,
    field("starts_on", "date"),
    field("ends_on", "date"),
    field("budget", "money"),
    field("notes", "long_text"),
  ],
  asset: () => [
    NAME,
    field("model", "text"),
    field("bought_on", "date"),
    field("price", "money"),
    field("notes", "long_text"),
  ],
  request: () => [
    NAME,
    field("description", "long_text"),
    field("due_on", "date"),
    field("contact_phone", "phone"),
  ],
};

/** A new object: its names, a key that is proposed, an icon, and what it begins with. */
export function NewObject({ onMade, onClose }: { onMade: (key: string) => void; onClose: () => void }) {
  const { t } = useTranslation();
  const [names, setNames] = useState<Labels>({ zh: "", en: "" });
  const [key, setKey] = useState<string>();
  const [icon, setIcon] = useState("folder");
  const [template, setTemplate] = useState("blank");
  const [error, setError] = useState<unknown>(null);
  const [busy, setBusy] = useState(false);
  const sentence = useSentence();
  const send = useDesigner();
  const problems = error instanceof ApiProblem ? error.byField : {};
  const named = names.zh.trim() || names.en.trim();
  const make = async () => {
    if (!named) return;
    setBusy(true);
    setError(null);
    try {
      const labels = { zh: names.zh.trim() || names.en.trim(), en: names.en.trim() || names.zh.trim() };
      const body = {
        labels,
        plural: labels,
        icon,
        key: (key ?? keyFrom(names.en)) || undefined,
        name_field: "name",
        fields: TEMPLATES[template]?.(),
      };
      const made = await send<ObjectDef>("/objects", "POST", body);
      onMade(made.key);
    } catch (problem) {
      setError(problem);
      setBusy(false);
    }
  };
  return (
    <Modal
      open
      title={t("build.newObject")}
      onCancel={onClose}
      footer={
        <Button type="primary" loading={busy} disabled={!named} onClick={make}>
          {t("build.makeObject")}
        </Button>
      }
    >
      <form
        className="settings"
        onSubmit={(event) => {
          event.preventDefault();
          void make();
        }}
      >
        <Names id="object" labels={names} autoFocus onChange={setNames} />
        <div className="field">
          <label htmlFor="object-key">{t("build.key")}</label>
          <Input
            id="object-key"
            value={key ?? keyFrom(names.en)}
            placeholder={t("build.keyAuto")}
            onChange={(event) => setKey(event.target.value)}
          />
          <p className={problems.key ? "error" : "meta"}>{problems.key ?? t("build.objectKeyHint")}</p>
        </div>
        <div className="field">
          <label htmlFor="object-template">{t("build.beginWith")}</label>
          <Select
            id="object-template"
            value={template}
            onChange={setTemplate}
            options={Object.keys(TEMPLATES).map((one) => ({
              value: one,
              label: t(`build.templates.${one}`),
            }))}
          />
        </div>
        <Icons value={icon} onChange={setIcon} />
        <p className="meta">{t("build.objectHint")}</p>
        {error !== null && !problems.key && (
          <p className="bad" role="alert">
            {sentence(error)}
          </p>
        )}
        <button type="submit" hidden aria-hidden="true" tabIndex={-1} />
      </form>
    </Modal>
  );
}
