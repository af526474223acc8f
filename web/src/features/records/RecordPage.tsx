import "./record.css";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Navigate, useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { App, Skeleton } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { ApiProblem, api } from "@/shared/api/client";
import { useMe, useObject, useObjects, useRecord } from "@/shared/api/queries";
import type { ObjectDef, RecordData } from "@/shared/api/types";
import { label } from "@/shared/format/format";
import { useKeys } from "@/shared/keys/useKeys";
import { ProblemBox, useSentence } from "@/shared/Problem";
import { useMedia } from "@/shared/useMedia";
import { Checklist } from "./Checklist";
import { Clashes } from "./Clashes";
import { closingFields, demands, nextStage, type PathStage, pipelineOf } from "./process";
import { RecordBody } from "./RecordBody";
import { RecordForm } from "./RecordForm";
import { RecordHead } from "./RecordHead";
import { Refusal } from "./Refusal";
import { StagePath } from "./StagePath";
import { useMove } from "./useMove";
import { useSave } from "./useSave";
import { useStays } from "./useStays";
import { useUndo } from "./useUndo";
import { placeOf } from "./walk";

export function RecordPage() {
  const { object: key, id } = useParams({ strict: false }) as { object: string; id: string };
  const objects = useObjects();
  const object = useObject(key);
  const record = useRecord(key, id);
  const error = objects.error ?? record.error;
  // A record that was merged into another one leads there.
  const into =
    error instanceof ApiProblem && error.body.code === "MERGED" ? error.body.params?.into : undefined;
  if (typeof into === "string")
    return <Navigate to="/o/$object/$id" params={{ object: key, id: into }} replace />;
  if (error) return <ProblemBox error={error} retry={() => record.refetch()} />;
  if (!object || !record.data) return <Skeleton active className="late-in" style={{ padding: 24 }} />;
  return <Loaded key={id} object={object} record={record.data} />;
}

function Loaded({ object, record }: { object: ObjectDef; record: RecordData }) {
  const { t, i18n } = useTranslation();
  const { message } = App.useApp();
  const locale = i18n.language;
  const me = useMe();
  const navigate = useNavigate();
  const queries = useQueryClient();
  const sentence = useSentence();
  const undo = useUndo();
  const { tab } = useSearch({ strict: false }) as { tab?: string };
  const [editing, setEditing] = useState(false);
  const [closing, setClosing] = useState<PathStage | null>(null);
  const { save, decide, conflict, dropConflict, refresh } = useSave(object);
  const { move, moving, refused, putBack, pipelines } = useMove(object, save, (problem) =>
    message.error(sentence(problem)),
  );
  const narrow = useMedia("(max-width: 1279px)");
  const single = useMedia("(max-width: 1023px)");
  const stageField = object.fields.find((field) => field.type === "stage");
  const stays = useStays(object, {}, stageField !== undefined);
  const path = useQuery({
    queryKey: ["path", object.key, record.id, record.version],
    enabled: stageField !== undefined,
    placeholderData: (before) => before,
    queryFn: () => api<{ stages: PathStage[] }>(`/records/${object.key}/${record.id}/path`),
  });
  const rights = me.data?.objects[object.key];
  const may = rights?.update !== "none" && stageField?.level === "write";
  const stages = path.data?.stages ?? [];
  const next = nextStage(stages);
  const pipeline = pipelineOf(pipelines, object, record);
  const name = String(record[object.name_field ?? "serial"] ?? record.serial ?? "");
  const place = placeOf(object.key, record.id);
  const open = (id: string | undefined) =>
    id && navigate({ to: "/o/$object/$id", params: { object: object.key, id }, search: { tab } });
  useKeys({
    e: () => rights?.update !== "none" && setEditing(true),
    m: () => may && next && go(next),
    j: () => open(place?.after),
    k: () => open(place?.before),
    Escape: () => (refused ? putBack() : undefined),
  });
  const go = (stage: PathStage) => {
    if (stage.kind !== "open" && closingFields(object, stage.kind).length > 0) setClosing(stage);
    else void move(record, stage);
  };
  const remove = async () => {
    try {
      const gone = await api<{ id: string; version: number }>(`/records/${object.key}/${record.id}`, {
        method: "DELETE",
        version: record.version,
      });
      await navigate({ to: "/o/$object", params: { object: object.key } });
      queries.removeQueries({ queryKey: ["record", object.key, record.id] });
      await refresh();
      undo(t("record.removed", { name }), async () => {
        await api(`/records/${object.key}/${record.id}/restore`, { method: "POST", version: gone.version });
        await refresh();
        await navigate({ to: "/o/$object/$id", params: { object: object.key, id: record.id } });
      });
    } catch (problem) {
      message.error(sentence(problem));
    }
  };
  const patch = (values: Record<string, unknown>) => save(record, values);
  const top = (
    <>
      {conflict && (
        <Clashes
          clashes={conflict.clashes}
          who={conflict.who}
          record={conflict.latest}
          onCancel={async () => {
            dropConflict();
            await refresh(conflict.latest);
          }}
          onDecide={async (kept) => {
            try {
              await decide(kept);
            } catch (problem) {
              message.error(sentence(problem));
            }
          }}
        />
      )}
      {refused && (
        <Refusal
          key={`${refused.stage.key}-${refused.missing.join()}`}
          object={object}
          refused={refused}
          title={name}
          busy={moving !== null}
          onMove={(values) => move(refused.record, refused.stage, values)}
          onPutBack={putBack}
        />
      )}
    </>
  );
  const todo = next && (
    <Checklist
      object={object}
      record={record}
      next={next}
      wanted={demands(pipeline, String(record[stageField?.key ?? ""] ?? ""), next.key)}
      onSave={patch}
    />
  );
  return (
    <>
      <RecordHead
        object={object}
        record={record}
        name={name}
        place={place}
        onOpen={open}
        onEdit={rights?.update !== "none" ? () => setEditing(true) : undefined}
        onRemove={rights?.delete !== "none" ? remove : undefined}
      />
      {stages.length > 0 && (
        <StagePath
          stages={stages}
          pipeline={pipeline}
          median={(stage) => stays.stages.get(stage)?.median ?? null}
          busy={moving !== null}
          may={may}
          onMove={go}
        />
      )}
      <RecordBody
        object={object}
        record={record}
        name={name}
        top={top}
        todo={todo}
        urgent={conflict !== null || refused !== null}
        layout={single ? "single" : narrow ? "narrow" : "wide"}
        tab={tab}
        onTab={(key) => navigate({ to: ".", search: { tab: key } as never, replace: true })}
        onSave={patch}
      />
      {editing && (
        <RecordForm
          object={object}
          record={record}
          onClose={() => setEditing(false)}
          onSaved={async (saved) => {
            setEditing(false);
            await refresh(saved);
          }}
        />
      )}
      {closing && stageField && (
        <RecordForm
          object={object}
          record={record}
          only={closingFields(object, closing.kind)}
          title={`${label(closing.labels, locale)} · ${name}`}
          initial={{ [stageField.key]: closing.key }}
          onClose={() => setClosing(null)}
          onSaved={async (saved) => {
            setClosing(null);
            await refresh(saved);
          }}
        />
      )}
    </>
  );
}
