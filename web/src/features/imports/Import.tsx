import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Button, Progress, Select, Upload } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { API, api } from "@/shared/api/client";
import { useMe, useObjects } from "@/shared/api/queries";
import { label } from "@/shared/format/format";
import { useSentence } from "@/shared/Problem";

interface ImportState {
  id: string;
  state: string;
  total: number;
  done: number;
  created: number;
  updated: number;
  unchanged: number;
  refused: number;
  header?: string[];
  sample?: unknown[][];
  mapping?: Record<string, string>;
}

interface Trial {
  tried: number;
  created: number;
  updated: number;
  refused: number;
  errors: { line: number; message: string }[];
}

/** Drop a file, confirm the mapping, try it, watch it, get refused rows back, undo. */
export function ImportPage() {
  const { t, i18n } = useTranslation();
  const objects = useObjects();
  const me = useMe();
  const queries = useQueryClient();
  const sentence = useSentence();
  const [key, setKey] = useState<string>();
  const [file, setFile] = useState<File>();
  const [mapping, setMapping] = useState<Record<string, string | null>>({});
  const [draft, setDraft] = useState<ImportState>();
  const [trial, setTrial] = useState<Trial>();
  const [undone, setUndone] = useState<Record<string, number>>();
  const [error, setError] = useState<unknown>(null);
  const allowed = (objects.data ?? []).filter(
    (object) => object.kind === "object" && me.data?.objects[object.key]?.import,
  );
  const object = allowed.find((one) => one.key === key) ?? allowed.find((one) => one.key === "account");
  const state = useQuery({
    queryKey: ["import", draft?.id],
    enabled: !!draft && draft.state !== "ready",
    queryFn: () => api<ImportState>(`/imports/${draft?.id}`),
    refetchInterval: (query) =>
      ["queued", "running"].includes(query.state.data?.state ?? "queued") ? 700 : false,
  });
  const send = async (chosen: File, options: Record<string, unknown>) => {
    const form = new FormData();
    form.set("file", chosen);
    form.set("object", object?.key ?? "");
    form.set("options", JSON.stringify(options));
    return api<ImportState>("/imports", { form });
  };
  const run = async (work: () => Promise<void>) => {
    setError(null);
    try {
      await work();
    } catch (problem) {
      setError(problem);
    }
  };
  const choose = (chosen: File) =>
    run(async () => {
      const found = await send(chosen, {});
      setFile(chosen);
      setDraft(found);
      setTrial(undefined);
      setUndone(undefined);
      setMapping(found.mapping ?? {});
    });
  const retry = () =>
    run(async () => {
      if (!file) return;
      const found = await send(file, { mapping });
      setDraft({ ...found, header: draft?.header, sample: draft?.sample });
      setTrial(await api<Trial>(`/imports/${found.id}/try`, { method: "POST" }));
    });
  const start = () =>
    run(async () => {
      if (!file) return;
      const found = await send(file, { mapping, start: true });
      setDraft(found);
      await queries.invalidateQueries({ queryKey: ["list"] });
    });
  const undo = () =>
    run(async () => {
      setUndone(await api<Record<string, number>>(`/imports/${draft?.id}/undo`, { method: "POST" }));
      await queries.invalidateQueries();
    });
  const progress = state.data;
  const fields = (object?.fields ?? []).filter((field) => !field.computed && field.type !== "line_items");
  return (
    <>
      <div className="page-bar">
        <h1>{t("imp.title")}</h1>
      </div>
      <div style={{ padding: 20, overflowY: "auto", display: "grid", gap: 16, maxWidth: 860 }}>
        <div className="row">
          <span>{t("imp.object")}</span>
          <Select
            style={{ width: 200 }}
            aria-label={t("imp.object")}
            value={object?.key}
            onChange={setKey}
            options={allowed.map((one) => ({ value: one.key, label: label(one.labels, i18n.language) }))}
          />
        </div>
        <Upload.Dragger
          accept=".csv,.xlsx,.txt"
          showUploadList={false}
          beforeUpload={(chosen) => {
            void choose(chosen);
            return false;
          }}
        >
          <p>{file?.name ?? t("imp.file")}</p>
        </Upload.Dragger>
        {error !== null && (
          <p className="bad" role="alert">
            {sentence(error)}
          </p>
        )}
        {draft?.state === "ready" && draft.header && (
          <section>
            <h2 className="section-title">{t("imp.mapping")}</h2>
            {draft.header.map((column, place) => (
              <div
                key={column || String(place)}
                className="row dense"
                style={{ minHeight: 40, borderBottom: "1px solid var(--line)" }}
              >
                <span className="strong cut" style={{ width: 220 }}>
                  {column || "—"}
                </span>
                <span className="meta cut grow">{String(draft.sample?.[0]?.[place] ?? "")}</span>
                <Select
                  style={{ width: 240 }}
                  aria-label={column}
                  allowClear
                  showSearch={{ optionFilterProp: "label" }}
                  placeholder={t("imp.skip")}
                  value={mapping[column] ?? undefined}
                  onChange={(next) => setMapping({ ...mapping, [column]: next ?? null })}
                  options={fields.map((field) => ({
                    value: field.key,
                    label: label(field.labels, i18n.language),
                  }))}
                />
              </div>
            ))}
            <div className="row" style={{ marginTop: 14 }}>
              <Button type="primary" onClick={start}>
                {t("imp.start")}
              </Button>
              <Button onClick={retry}>{t("imp.try")}</Button>
            </div>
          </section>
        )}
        {trial && draft?.state === "ready" && (
          <section>
            <p>{t("imp.tried", { ...trial })}</p>
            {trial.errors.map((one) => (
              <p key={one.line} className="dense bad">
                {t("imp.line", { line: one.line })}: {one.message}
              </p>
            ))}
          </section>
        )}
        {progress && (
          <section>
            <Progress percent={progress.total ? Math.round((progress.done / progress.total) * 100) : 0} />
            <p>{t("imp.progress", { done: progress.done, total: progress.total })}</p>
            <p>{t("imp.result", { ...progress })}</p>
            <div className="row" style={{ marginTop: 10 }}>
              {progress.refused > 0 && (
                <Button href={`${API}/imports/${progress.id}/refused`}>{t("imp.refused")}</Button>
              )}
              {progress.state === "done" && !undone && <Button onClick={undo}>{t("imp.undo")}</Button>}
            </div>
            {undone && <p>{t("imp.undone", { ...undone })}</p>}
          </section>
        )}
      </div>
    </>
  );
}
