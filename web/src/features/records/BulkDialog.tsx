import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Progress as Bar, Button, Checkbox, Modal, Segmented, Select } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api } from "@/shared/api/client";
import { useObjects } from "@/shared/api/queries";
import type { FieldDef, ObjectDef } from "@/shared/api/types";
import { FieldInput } from "@/shared/fields/FieldInput";
import { label } from "@/shared/format/format";
import { useSentence } from "@/shared/Problem";
import { followersOf } from "./followers";
import { isWritable, sendable } from "./model";
import { useUndo } from "./useUndo";

export type Action = "update" | "add" | "remove" | "delete";
/** Which records are meant: named ones, or all that a filter finds. */
export type Choice = { ids: string[] } | { filter: unknown };

interface Preview {
  total: number;
  tried: number;
  changes: number;
  unchanged: number;
  refused: number;
  also: number;
  reasons: { message: string; count: number }[];
}
interface Progress {
  id: string;
  state: string;
  total: number;
  done: number;
  changed: number;
  refused: number;
}

const NOT_MANY_AT_ONCE = ["file", "image", "line_items"];

/** Waits for the end of a long change, telling how far it has come. */
async function settled(begun: Progress, tell: (progress: Progress) => void = () => {}): Promise<Progress> {
  let found = begun;
  while (found.state === "running") {
    tell(found);
    await new Promise((done) => setTimeout(done, 700));
    found = await api<Progress>(`/bulk/${found.id}`);
  }
  return found;
}

/** What will change, counted before it is done; done with its progress in sight, and taken back as a whole. */
export function BulkDialog({
  object,
  choice,
  count,
  action: begun,
  field: given,
  onClose,
  onDone,
}: {
  object: ObjectDef;
  choice: Choice;
  count: number;
  action: Action;
  field?: string;
  onClose: () => void;
  onDone: () => void;
}) {
  const { t, i18n } = useTranslation();
  const queries = useQueryClient();
  const undo = useUndo();
  const sentence = useSentence();
  const objects = useObjects().data ?? [];
  const [action, setAction] = useState(begun);
  const [key, setKey] = useState(given);
  const [value, setValue] = useState<unknown>(null);
  const [along, setAlong] = useState<string[]>([]);
  const [running, setRunning] = useState<Progress>();
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string>();
  const fields = object.fields.filter((one) => isWritable(one) && !NOT_MANY_AT_ONCE.includes(one.type));
  const field: FieldDef | undefined = fields.find((one) => one.key === key);
  const values = field ? sendable({ [field.key]: value }) : undefined;
  const followers = action === "update" && key === "owner" ? followersOf(objects, object.key) : [];
  const also = followers
    .filter((one) => along.includes(one.object.key))
    .map((one) => ({ object: one.object.key, field: one.field, filter: one.filter }));
  const body = {
    ...choice,
    action,
    ...(action === "delete" ? {} : { values }),
    ...(also.length ? { also } : {}),
  };
  const filled = value !== null && !(Array.isArray(value) && value.length === 0);
  const ready = action === "delete" || (field !== undefined && filled);
  const preview = useQuery({
    queryKey: ["bulk-preview", object.key, body],
    enabled: ready && !busy,
    retry: false,
    gcTime: 0,
    queryFn: () => api<Preview>(`/records/${object.key}/bulk`, { body: { ...body, preview: true } }),
  });
  const refresh = async () => {
    const names = ["list", "aggregate", "board", "record", "timeline", "related"];
    await Promise.all(names.map((name) => queries.invalidateQueries({ queryKey: [name] })));
  };
  const act = async () => {
    setBusy(true);
    setProblem(undefined);
    try {
      const done = await settled(await api<Progress>(`/records/${object.key}/bulk`, { body }), setRunning);
      await refresh();
      onDone();
      undo(t(action === "delete" ? "list.deleted" : "list.changed", { count: done.changed }), async () => {
        const back = await settled(await api<Progress>(`/bulk/${done.id}/undo`, { method: "POST" }));
        await refresh();
        if (back.refused > 0) return t("list.undoneSome", { count: back.refused });
      });
    } catch (error) {
      setProblem(sentence(error));
    } finally {
      setBusy(false);
      setRunning(undefined);
    }
  };
  const title =
    action === "delete"
      ? t("list.deleteAsk", { count })
      : begun === "add"
        ? t("list.tagsOf", { count })
        : field && given
          ? t("list.changeOf", { name: label(field.labels, i18n.language), count })
          : t("list.changeFieldOf", { count });
  const found = preview.data;
  return (
    <Modal
      open
      title={title}
      onCancel={onClose}
      width={480}
      footer={[
        <Button key="cancel" onClick={onClose}>
          {t("form.cancel")}
        </Button>,
        <Button
          key="do"
          type="primary"
          danger={action === "delete"}
          loading={busy}
          disabled={!found || found.changes === 0}
          onClick={act}
        >
          {action === "delete"
            ? t("list.deleteN", { count: found?.changes ?? count })
            : t("list.changeN", { count: found?.changes ?? count })}
        </Button>,
      ]}
    >
      <div className="bulk-dialog">
        {begun === "add" && (
          <Segmented
            aria-label={t("list.tags")}
            value={action}
            options={["add", "remove"].map((one) => ({ value: one, label: t(`list.tags_${one}`) }))}
            onChange={(next) => setAction(next as Action)}
          />
        )}
        {action === "update" && !given && (
          <Select
            showSearch={{ optionFilterProp: "label" }}
            aria-label={t("list.field")}
            placeholder={t("list.field")}
            value={key}
            options={fields.map((one) => ({ value: one.key, label: label(one.labels, i18n.language) }))}
            onChange={(next: string) => {
              setKey(next);
              setValue(null);
            }}
          />
        )}
        {action !== "delete" && field && (
          <FieldInput
            key={field.key}
            field={field}
            value={value}
            onChange={setValue}
            autoFocus
            aria-label={label(field.labels, i18n.language)}
          />
        )}
        {followers.length > 0 && (
          <fieldset className="along">
            <legend className="meta">{t("list.along")}</legend>
            <Checkbox.Group
              value={along}
              onChange={(next) => setAlong(next as string[])}
              options={followers.map((one) => ({
                value: one.object.key,
                label: t("list.alongOpen", { name: label(one.object.plural, i18n.language) }),
              }))}
            />
          </fieldset>
        )}
        <div role="status" aria-live="polite">
          {ready && preview.isFetching && !found && <p className="meta">{t("list.counting")}</p>}
          {found && (
            <>
              <p>
                {t("list.preview", { count: found.changes })}
                {found.unchanged > 0 && t("list.previewSame", { count: found.unchanged })}
                {found.also > 0 && t("list.previewAlso", { count: found.also })}
                {found.refused > 0 && (
                  <b className="bad">{t("list.previewRefused", { count: found.refused })}</b>
                )}
                {found.tried < found.total && (
                  <span className="meta">{t("list.previewTried", { count: found.tried })}</span>
                )}
              </p>
              <ul>
                {found.reasons.slice(0, 4).map((one) => (
                  <li key={one.message} className="dense">
                    {t("list.reason", { count: one.count, why: one.message })}
                  </li>
                ))}
              </ul>
            </>
          )}
          {running && (
            <Bar
              percent={Math.round((100 * running.done) / Math.max(1, running.total))}
              format={() => `${running.done} / ${running.total}`}
            />
          )}
          {preview.error && <p className="bad">{sentence(preview.error)}</p>}
          {problem && <p className="bad">{problem}</p>}
        </div>
      </div>
    </Modal>
  );
}
