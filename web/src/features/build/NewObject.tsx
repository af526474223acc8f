import { Button, Input, Modal } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { ICONS } from "@/app/icons";
import { ApiProblem } from "@/shared/api/client";
import type { ObjectDef } from "@/shared/api/types";
import { useSentence } from "@/shared/Problem";
import { keyFrom, useDesigner } from "./api";

/** A new object: its names in both languages, a key that is proposed, an icon. It starts with a name field. */
export function NewObject({ onMade, onClose }: { onMade: (key: string) => void; onClose: () => void }) {
  const { t } = useTranslation();
  const [zh, setZh] = useState("");
  const [en, setEn] = useState("");
  const [key, setKey] = useState<string>();
  const [icon, setIcon] = useState("folder");
  const [error, setError] = useState<unknown>(null);
  const [busy, setBusy] = useState(false);
  const sentence = useSentence();
  const send = useDesigner();
  const problems = error instanceof ApiProblem ? error.byField : {};
  const make = async () => {
    setBusy(true);
    setError(null);
    try {
      const labels = { zh: zh.trim() || en.trim(), en: en.trim() || zh.trim() };
      const body = { labels, plural: labels, icon, key: (key ?? keyFrom(en)) || undefined };
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
        <Button type="primary" loading={busy} disabled={!zh.trim() && !en.trim()} onClick={make}>
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
        <div className="pair">
          <div className="field">
            <label htmlFor="object-zh">{t("build.zh")}</label>
            <Input id="object-zh" autoFocus value={zh} onChange={(event) => setZh(event.target.value)} />
          </div>
          <div className="field">
            <label htmlFor="object-en">{t("build.en")}</label>
            <Input id="object-en" value={en} onChange={(event) => setEn(event.target.value)} />
          </div>
        </div>
        <div className="field">
          <label htmlFor="object-key">{t("build.key")}</label>
          <Input
            id="object-key"
            value={key ?? keyFrom(en)}
            placeholder={t("build.keyAuto")}
            onChange={(event) => setKey(event.target.value)}
          />
          <p className={problems.key ? "error" : "meta"}>{problems.key ?? t("build.objectKeyHint")}</p>
        </div>
        <div className="icons" role="radiogroup" aria-label={t("build.icon")}>
          {Object.entries(ICONS).map(([name, Icon]) => (
            <button
              key={name}
              type="button"
              role="radio"
              aria-checked={name === icon}
              aria-label={name}
              className={name === icon ? "plain on" : "plain"}
              onClick={() => setIcon(name)}
            >
              <Icon size={16} strokeWidth={1.7} />
            </button>
          ))}
        </div>
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
