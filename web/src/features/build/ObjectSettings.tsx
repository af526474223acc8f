import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { Button, Popconfirm, Select } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api } from "@/shared/api/client";
import type { Labels } from "@/shared/api/types";
import { label } from "@/shared/format/format";
import { useSentence } from "@/shared/Problem";
import { type Designed, useDesigner } from "./api";
import { type Use, UseLine } from "./FieldUses";
import { Icons } from "./Icons";
import { Names } from "./Names";

/** An object's names, icon and name field, which hold at once with an undo; and taking it away, with what uses it. */
export function ObjectSettings({ object }: { object: Designed }) {
  const { t, i18n } = useTranslation();
  const send = useDesigner();
  const sentence = useSentence();
  const navigate = useNavigate();
  const [labels, setLabels] = useState<Labels>(object.labels);
  const [plural, setPlural] = useState<Labels>(object.plural);
  const [error, setError] = useState<unknown>(null);
  const [busy, setBusy] = useState(false);
  const uses = useQuery({
    queryKey: ["uses", object.key],
    queryFn: () => api<{ records: number; uses: Use[] }>(`/objects/${object.key}/uses`),
  });
  const save = async (changes: Record<string, unknown>) => {
    setError(null);
    setBusy(true);
    try {
      await send(`/objects/${object.key}`, "PATCH", changes);
    } catch (problem) {
      setError(problem);
    }
    setBusy(false);
  };
  const retire = async () => {
    setError(null);
    try {
      await send(`/objects/${object.key}`, "DELETE");
      void navigate({ to: "/build/objects", search: {} });
    } catch (problem) {
      setError(problem);
    }
  };
  const renamed =
    JSON.stringify([labels, plural]) !== JSON.stringify([object.labels, object.plural]) &&
    [labels, plural].every((one) => one.zh.trim() || one.en.trim());
  const blocking = uses.data?.uses ?? [];
  const names = object.fields.filter((field) =>
    ["text", "email", "phone", "auto_number"].includes(field.type),
  );
  return (
    <div className="object-body">
      <div className="settings narrow-form">
        <h2 className="section-title">{t("build.tab.object")}</h2>
        <Names id="object" labels={labels} onChange={setLabels} />
        <p className="meta">{t("build.plural")}</p>
        <Names id="plural" labels={plural} onChange={setPlural} />
        {renamed && (
          <Button type="primary" loading={busy} onClick={() => save({ labels, plural })}>
            {t("build.rename")}
          </Button>
        )}
        <Icons value={object.icon ?? ""} onChange={(icon) => save({ icon })} />
        <div className="field">
          <label htmlFor="name-field">{t("build.nameFieldAsk")}</label>
          <Select
            id="name-field"
            value={object.name_field}
            onChange={(name_field) => save({ name_field })}
            options={names.map((field) => ({ value: field.key, label: label(field.labels, i18n.language) }))}
          />
        </div>
        {error !== null && (
          <p className="bad dense" role="alert">
            {sentence(error)}
          </p>
        )}
        <section className={blocking.length ? "uses strongly" : "uses"} aria-label={t("build.uses")}>
          <p className="strong">
            {blocking.length
              ? t("build.objectUsedIn", { count: blocking.length })
              : t("build.objectUnused", { count: uses.data?.records ?? 0 })}
          </p>
          {blocking.map((use) => (
            <p key={`${use.object}.${use.key}`} className="dense">
              <UseLine use={use} />
            </p>
          ))}
        </section>
        <Popconfirm
          title={t("build.retireAsk", { name: label(object.labels, i18n.language) })}
          okText={t("build.retire")}
          onConfirm={retire}
        >
          <Button danger disabled={!uses.data || blocking.length > 0}>
            {t("build.retireObject")}
          </Button>
        </Popconfirm>
      </div>
    </div>
  );
}
