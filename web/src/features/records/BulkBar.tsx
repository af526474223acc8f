import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Button, Modal, Select } from "antd";
import { ArrowRight, PencilLine, Trash2, UserRoundPen, X } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api } from "@/shared/api/client";
import { useMe } from "@/shared/api/queries";
import type { FieldDef, ObjectDef } from "@/shared/api/types";
import { FieldInput } from "@/shared/fields/FieldInput";
import { label } from "@/shared/format/format";
import { useSentence } from "@/shared/Problem";
import { isWritable, sendable } from "./model";
import { useUndo } from "./useUndo";

interface Preview {
  total: number;
  tried: number;
  changes: number;
  unchanged: number;
  refused: number;
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
/** Which records are meant: named ones, or all that a filter finds. */
export type Choice = { ids: string[] } | { filter: unknown };

const settled = async (progress: Progress): Promise<Progress> => {
  let found = progress;
  while (found.state === "running") {
    await new Promise((done) => setTimeout(done, 700));
    found = await api<Progress>(`/bulk/${found.id}`);
  }
  return found;
};

/** What can be done with the chosen records; every action first says how many will change and how many are refused. */
export function BulkBar({
  object,
  choice,
  count,
  sum,
  total,
  onAll,
  onClear,
}: {
  object: ObjectDef;
  choice: Choice;
  count: number;
  sum: string | null;
  total: number;
  /** Choose all that the list finds, not only those loaded; absent where that is not possible. */
  onAll?: () => void;
  onClear: () => void;
}) {
  const { t } = useTranslation();
  const me = useMe();
  const rights = me.data?.objects[object.key];
  const [asked, setAsked] = useState<{ action: "update" | "delete"; field?: string } | null>(null);
  const owner = object.fields.find((field) => field.key === "owner" && isWritable(field));
  const stage = object.fields.find((field) => field.type === "stage" && isWritable(field));
  const change = (field?: string) => setAsked({ action: "update", field });
  return (
    <div className="bulk" role="toolbar" aria-label={t("list.bulk")}>
      <span>
        <b aria-live="polite">{t("list.selected", { count })}</b>
        {sum && <span className="soft"> · {sum}</span>}
      </span>
      {onAll && total > count && (
        <button type="button" className="plain all" onClick={onAll}>
          {t("list.chooseAll", { count: total })}
        </button>
      )}
      {rights?.bulk && (
        <>
          {owner && rights.transfer !== "none" && (
            <button type="button" className="plain row" onClick={() => change(owner.key)}>
              <UserRoundPen size={15} />
              {t("list.owner")}
            </button>
          )}
          {stage && (
            <button type="button" className="plain row" onClick={() => change(stage.key)}>
              <ArrowRight size={15} />
              {t("list.moveStage")}
            </button>
          )}
          {rights.update !== "none" && (
            <button type="button" className="plain row" onClick={() => change()}>
              <PencilLine size={15} />
              {t("list.changeField")}
            </button>
          )}
          {rights.delete !== "none" && (
            <button type="button" className="plain row" onClick={() => setAsked({ action: "delete" })}>
              <Trash2 size={15} />
              {t("list.delete")}
            </button>
          )}
        </>
      )}
      <button type="button" className="plain end" aria-label={t("list.close")} onClick={onClear}>
        <X size={15} />
      </button>
      {asked && (
        <BulkDialog
          object={object}
          choice={choice}
          count={count}
          action={asked.action}
          field={asked.field}
          onClose={() => setAsked(null)}
          onDone={() => {
            setAsked(null);
            onClear();
          }}
        />
      )}
    </div>
  );
}

function BulkDialog({
  object,
  choice,
  count,
  action,
  field: given,
  onClose,
  onDone,
}: {
  object: ObjectDef;
  choice: Choice;
  count: number;
  action: "update" | "delete";
  field?: string;
  onClose: () => void;
  onDone: () => void;
}) {
  const { t, i18n } = useTranslation();
  const queries = useQueryClient();
  const undo = useUndo();
  const sentence = useSentence();
  const [key, setKey] = useState(given);
  const [value, setValue] = useState<unknown>(null);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string>();
  const fields = object.fields.filter(
    (one) => isWritable(one) && !["file", "image", "line_items"].includes(one.type),
  );
  const field: FieldDef | undefined = fields.find((one) => one.key === key);
  const values = field ? sendable({ [field.key]: value }) : undefined;
  const body = { ...choice, action, ...(action === "update" ? { values } : {}) };
  const ready = action === "delete" || (field !== undefined && value !== null);
  const preview = useQuery({
    queryKey: ["bulk-preview", object.key, body],
    enabled: ready,
    retry: false,
    gcTime: 0,
    queryFn: () => api<Preview>(`/records/${object.key}/bulk`, { body: { ...body, preview: true } }),
  });
  const refresh = async () => {
    const names = ["list", "aggregate", "board", "record", "timeline"];
    await Promise.all(names.map((name) => queries.invalidateQueries({ queryKey: [name] })));
  };
  const act = async () => {
    setBusy(true);
    setProblem(undefined);
    try {
      const done = await settled(await api<Progress>(`/records/${object.key}/bulk`, { body }));
      await refresh();
      onDone();
      undo(t(action === "delete" ? "list.deleted" : "list.changed", { count: done.changed }), async () => {
        await settled(await api<Progress>(`/bulk/${done.id}/undo`, { method: "POST" }));
        await refresh();
      });
    } catch (error) {
      setProblem(sentence(error));
    } finally {
      setBusy(false);
    }
  };
  const title =
    action === "delete"
      ? t("list.deleteAsk", { count })
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
        {action === "update" && field && (
          <FieldInput
            key={field.key}
            field={field}
            value={value}
            onChange={setValue}
            autoFocus
            aria-label={label(field.labels, i18n.language)}
          />
        )}
        <div role="status" aria-live="polite">
          {ready && preview.isFetching && <p className="meta">{t("list.counting")}</p>}
          {found && !preview.isFetching && (
            <>
              <p>
                {t("list.preview", { count: found.changes })}
                {found.unchanged > 0 && t("list.previewSame", { count: found.unchanged })}
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
          {preview.error && <p className="bad">{sentence(preview.error)}</p>}
          {problem && <p className="bad">{problem}</p>}
        </div>
      </div>
    </Modal>
  );
}
