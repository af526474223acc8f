import { useQuery } from "@tanstack/react-query";
import { Button, Modal, Select } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api } from "@/shared/api/client";
import type { FieldDef, ObjectDef } from "@/shared/api/types";
import { label, number } from "@/shared/format/format";
import { useSentence } from "@/shared/Problem";
import { useDesigner } from "./api";
import { cleaned } from "./cleaned";
import { CONVERTIBLE, typeInfo } from "./fieldTypes";
import { type Config, Settings } from "./Settings";

interface Preview {
  total: number;
  converts: number;
  lost_count: number;
  lost: { value: string; count: number }[];
}

interface Props {
  object: ObjectDef;
  field: FieldDef;
  objects: ObjectDef[];
  onClose: () => void;
}

/** Another type for a field: what converts and what would be lost is shown before anything happens. */
export function TypeChange({ object, field, objects, onClose }: Props) {
  const { t, i18n } = useTranslation();
  const [type, setType] = useState<string>();
  const [config, setConfig] = useState<Config>({});
  const [error, setError] = useState<unknown>(null);
  const [busy, setBusy] = useState(false);
  const sentence = useSentence();
  const send = useDesigner();
  const info = type ? typeInfo(type) : undefined;
  const body = { type, ...cleaned(config) };
  const path = `/objects/${object.key}/fields/${field.key}` as const;
  const ready =
    !!info &&
    info.settings.every((setting) => !setting.needed || cleaned(config)[setting.name] !== undefined);
  const preview = useQuery({
    queryKey: ["type-preview", object.key, field.key, body],
    queryFn: () => api<Preview>(`${path}/type-preview`, { body }),
    enabled: ready,
    staleTime: 0,
    retry: false,
  });
  const found = preview.data;
  const change = async () => {
    setBusy(true);
    setError(null);
    try {
      await send(`${path}/type`, "POST", { ...body, accept_loss: (found?.lost_count ?? 0) > 0 });
      onClose();
    } catch (problem) {
      setError(problem);
      setBusy(false);
    }
  };
  const shown = error ?? preview.error;
  return (
    <Modal
      open
      title={t("build.retypeTitle", { name: label(field.labels, i18n.language) })}
      onCancel={onClose}
      footer={
        <Button type="primary" disabled={!found} loading={busy} danger={!!found?.lost_count} onClick={change}>
          {found?.lost_count ? t("build.retypeLosing", { count: found.lost_count }) : t("build.retype")}
        </Button>
      }
    >
      <div className="settings">
        <div className="field">
          <label htmlFor="new-type">{t("build.newType")}</label>
          <Select
            id="new-type"
            value={type}
            onChange={(next) => {
              setType(next);
              setConfig(next === "select" || next === "multi_select" ? { options: field.options ?? [] } : {});
            }}
            options={CONVERTIBLE.filter((one) => one !== field.type).map((one) => ({
              value: one,
              label: t(`build.types.${one}`),
            }))}
          />
        </div>
        {info && (
          <Settings
            settings={info.settings.filter((setting) => setting.needed)}
            config={config}
            objects={objects}
            problems={{}}
            onChange={setConfig}
          />
        )}
        {found && (
          <div role="status">
            <p className={found.lost_count ? "attention" : "good"}>
              {t("build.preview", {
                total: number(found.total),
                converts: number(found.converts),
                lost: number(found.lost_count),
              })}
            </p>
            {found.lost.slice(0, 10).map((one) => (
              <p key={one.value} className="dense row">
                <span className="grow cut">{one.value}</span>
                <span className="meta">{t("build.times", { count: one.count })}</span>
              </p>
            ))}
          </div>
        )}
        {shown != null && (
          <p className="bad" role="alert">
            {sentence(shown)}
          </p>
        )}
      </div>
    </Modal>
  );
}
