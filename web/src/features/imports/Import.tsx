import "./imports.css";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { Button, Checkbox, Select, Upload } from "antd";
import { FileSpreadsheet } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api } from "@/shared/api/client";
import { useMe, useObjects } from "@/shared/api/queries";
import type { ObjectDef } from "@/shared/api/types";
import { inside, label, number } from "@/shared/format/format";
import { useSentence } from "@/shared/Problem";
import { importable, Mapping } from "./Mapping";
import { PastImports } from "./PastImports";
import { Running } from "./Running";
import type { Draft, Trial } from "./shapes";

export function ImportPage() {
  const { t, i18n } = useTranslation();
  const search = useSearch({ strict: false }) as { object?: string; id?: string };
  const navigate = useNavigate();
  const me = useMe().data;
  const objects = (useObjects().data ?? []).filter(
    (object) => object.kind === "object" && me?.objects[object.key]?.import,
  );
  const object =
    objects.find((one) => one.key === search.object) ??
    objects.find((one) => one.key === "account") ??
    objects[0];
  return (
    <>
      <div className="page-bar">
        <h1 className="grow">{t("imp.title")}</h1>
        {search.id && (
          <Button onClick={() => navigate({ to: "/import", search: {} })}>{t("imp.another")}</Button>
        )}
      </div>
      <div className="import">
        {search.id ? (
          <Running key={search.id} id={search.id} />
        ) : object ? (
          <>
            <div className="row">
              <label htmlFor="import-object">{t("imp.object")}</label>
              <Select
                id="import-object"
                style={{ width: 220 }}
                showSearch={{ optionFilterProp: "label" }}
                value={object.key}
                onChange={(next) => navigate({ to: "/import", search: { object: next }, replace: true })}
                options={objects.map((one) => ({ value: one.key, label: label(one.plural, i18n.language) }))}
              />
            </div>
            <Steps key={object.key} object={object} mayDesign={!!me?.rights.design} />
            <PastImports />
          </>
        ) : (
          <p className="empty">{t("imp.none")}</p>
        )}
      </div>
    </>
  );
}

/** File, mapping, trial, start: one page, each part appears when the one before it is done. */
function Steps({ object, mayDesign }: { object: ObjectDef; mayDesign: boolean }) {
  const { t, i18n } = useTranslation();
  const locale = i18n.language;
  const navigate = useNavigate();
  const sentence = useSentence();
  const [file, setFile] = useState<File>();
  const [draft, setDraft] = useState<Draft>();
  const [mapping, setMapping] = useState<Record<string, string | null>>({});
  const [key, setKey] = useState<string>();
  const [make, setMake] = useState<string[]>([]);
  const [trial, setTrial] = useState<Trial>();
  const [busy, setBusy] = useState("");
  const [error, setError] = useState<unknown>(null);
  const send = (chosen: File, options: Record<string, unknown>) => {
    const form = new FormData();
    form.set("file", chosen);
    form.set("object", object.key);
    form.set("options", JSON.stringify(options));
    return api<Draft>("/imports", { form });
  };
  const run = async (what: string, work: () => Promise<void>) => {
    setBusy(what);
    setError(null);
    try {
      await work();
    } catch (problem) {
      setError(problem);
    } finally {
      setBusy("");
    }
  };
  const choose = (chosen: File) =>
    run("file", async () => {
      setDraft(undefined);
      setTrial(undefined);
      setFile(chosen);
      const found = await send(chosen, {});
      setDraft(found);
      setMapping(found.mapping ?? {});
    });
  const options = { mapping, key: key ?? null, make };
  const tryOut = () =>
    run("try", async () => {
      if (!file) return;
      const found = await send(file, options);
      setTrial(await api<Trial>(`/imports/${found.id}/try`, { method: "POST" }));
    });
  const start = () =>
    run("start", async () => {
      if (!file) return;
      const found = await send(file, { ...options, start: true });
      await navigate({ to: "/import", search: { id: found.id } });
    });
  const change = (next: Record<string, string | null>) => {
    setMapping(next);
    setTrial(undefined);
  };
  const mapped = importable(object).filter((field) => Object.values(mapping).includes(field.key));
  const required = importable(object).filter(
    (field) => field.required && field.default == null && !mapped.includes(field),
  );
  const links = mapped.filter((field) => field.type === "relation" || field.type === "relation_many");
  const keys = mapped.filter((field) =>
    ["text", "email", "phone", "auto_number", "url", "number"].includes(field.type),
  );
  return (
    <>
      <Upload.Dragger
        accept=".csv,.xlsx,.txt,.tsv"
        showUploadList={false}
        disabled={busy !== ""}
        beforeUpload={(chosen) => {
          void choose(chosen);
          return false;
        }}
      >
        <p className="drop">
          <FileSpreadsheet size={20} strokeWidth={1.7} />
          <span className="strong">{file?.name ?? t("imp.file")}</span>
          <span className="meta">
            {draft
              ? t("imp.read", {
                  rows: number(draft.total),
                  columns: draft.header.length,
                  encoding: draft.encoding ?? "xlsx",
                })
              : t("imp.fileHint")}
          </span>
        </p>
      </Upload.Dragger>
      {draft && (
        <section>
          <h2 className="section-title">{t("imp.mapping")}</h2>
          <Mapping draft={draft} object={object} mapping={mapping} mayDesign={mayDesign} onChange={change} />
          {required.length > 0 && (
            <p className="attention dense">
              {t("imp.requiredLeft", {
                names: required
                  .map((field) => inside(label(field.labels, locale), locale))
                  .join(t("imp.and")),
              })}
            </p>
          )}
          <div className="import-options">
            <div className="row">
              <label htmlFor="import-key">{t("imp.key")}</label>
              <Select
                id="import-key"
                style={{ minWidth: 220 }}
                allowClear
                placeholder={t("imp.noKey")}
                value={key}
                onChange={(next?: string) => {
                  setKey(next);
                  setTrial(undefined);
                }}
                options={keys.map((field) => ({ value: field.key, label: label(field.labels, locale) }))}
              />
              <span className="meta">{key ? t("imp.keyHint") : t("imp.noKeyHint")}</span>
            </div>
            {links.map((field) => (
              <Checkbox
                key={field.key}
                checked={make.includes(field.key)}
                onChange={(event) => {
                  setMake(
                    event.target.checked ? [...make, field.key] : make.filter((one) => one !== field.key),
                  );
                  setTrial(undefined);
                }}
              >
                {t("imp.make", { name: label(field.labels, locale) })}
              </Checkbox>
            ))}
          </div>
          <div className="row">
            <Button
              type={trial ? "default" : "primary"}
              onClick={tryOut}
              loading={busy === "try"}
              disabled={mapped.length === 0}
            >
              {t("imp.try")}
            </Button>
            <Button
              type={trial ? "primary" : "default"}
              onClick={start}
              loading={busy === "start"}
              disabled={mapped.length === 0}
            >
              {t("imp.start", { rows: number(draft.total) })}
            </Button>
            <span className="meta">{t("imp.tryHint")}</span>
          </div>
        </section>
      )}
      {error !== null && (
        <p className="bad" role="alert">
          {sentence(error)}
        </p>
      )}
      {trial && <TrialReport trial={trial} />}
    </>
  );
}

function TrialReport({ trial }: { trial: Trial }) {
  const { t } = useTranslation();
  return (
    <section aria-label={t("imp.try")}>
      <p role="status" className={trial.refused ? "" : "good"}>
        {t("imp.tried", { ...trial })}
      </p>
      {trial.errors.length > 0 && (
        <table className="mapping">
          <thead>
            <tr>
              <th scope="col">{t("imp.lineHead")}</th>
              <th scope="col">{t("imp.why")}</th>
            </tr>
          </thead>
          <tbody>
            {trial.errors.slice(0, 20).map((one) => (
              <tr key={one.line}>
                <th scope="row">{t("imp.line", { line: one.line })}</th>
                <td className="bad">{one.message}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      {trial.errors.length > 20 && (
        <p className="meta">{t("imp.moreErrors", { count: trial.refused - 20 })}</p>
      )}
    </section>
  );
}
