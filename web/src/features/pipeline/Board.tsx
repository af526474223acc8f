import "./board.css";
import "@/features/records/list.css";
import { DndContext, DragOverlay } from "@dnd-kit/core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useParams } from "@tanstack/react-router";
import { Button, Skeleton } from "antd";
import { Plus } from "lucide-react";
import { useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { closingFields, type PathStage } from "@/features/records/process";
import { RecordForm } from "@/features/records/RecordForm";
import { Refusal } from "@/features/records/Refusal";
import { SwitchBoard } from "@/features/records/SwitchBoard";
import { api } from "@/shared/api/client";
import { useMe, useObject, useObjects } from "@/shared/api/queries";
import type { FieldDef, ObjectDef, OptionDef, RecordData } from "@/shared/api/types";
import { label } from "@/shared/format/format";
import { ProblemBox } from "@/shared/Problem";
import { usePhone } from "@/shared/useMedia";
import { BoardBar } from "./BoardBar";
import { CardFace, nameOf } from "./CardFace";
import { Column, type ColumnHandle } from "./Column";
import { fieldsOf, trim } from "./cards";
import { LostStrip } from "./LostStrip";
import { focusFrom, groupOf, kindOf, openSums } from "./model";
import { MoveConflict, MoveFailed } from "./Notices";
import { PhoneStages } from "./PhoneStages";
import { columnUnder, useSensing } from "./sensing";
import { useBoardState } from "./useBoardState";
import { useLiveCards } from "./useLiveCards";
import { type Step, useMoves } from "./useMoves";
import { useSums } from "./useSums";

export function BoardPage() {
  const { object: key } = useParams({ strict: false }) as { object: string };
  const objects = useObjects();
  const object = useObject(key);
  if (objects.error) return <ProblemBox error={objects.error} retry={() => objects.refetch()} />;
  if (!object || !groupOf(object)) return <Skeleton active className="late-in" style={{ padding: 24 }} />;
  return <Board key={key} object={object} />;
}

function Board({ object }: { object: ObjectDef }) {
  const { t, i18n } = useTranslation();
  const locale = i18n.language;
  const me = useMe();
  const phone = usePhone();
  const queries = useQueryClient();
  const state = useBoardState(object);
  const { group, filter, pipeline, stages } = state;
  const [draft, setDraft] = useState<string[] | null>(null);
  const card = draft ?? state.card;
  const [creating, setCreating] = useState<string | null>(null);
  const [dragged, setDragged] = useState<RecordData | null>(null);
  const [showLost, setShowLost] = useState(false);
  const [told, setTold] = useState("");
  const board = useRef<HTMLDivElement>(null);
  const handles = useRef<ColumnHandle[]>([]);
  useState(() => trim(queries, object.key));
  const asked = { object, group, filter, sort: state.sort, fields: fieldsOf(object, group, card) };
  const stageName = (stage: OptionDef | undefined) => label(stage?.labels, locale);
  const moves = useMoves(object, asked, ({ record, stage }: Step) =>
    setTold(t("board.moved", { name: nameOf(object, record), stage: stageName(stage) })),
  );
  const { refused, failed, conflict, moving, closing } = moves;
  const marks = useLiveCards(asked, dragged?.id ?? moving?.record.id ?? null, setTold);
  const { sums, stale } = useSums(object, group, stages, filter, pipeline);
  const unset: OptionDef = { key: "", labels: { zh: t("board.unset"), en: t("board.unset") } };
  const all = [...((sums.get("")?.count ?? 0) > 0 ? [unset] : []), ...stages];
  const asking = refused?.stage.key ?? failed?.stage.key ?? conflict?.stage.key;
  const lost = stages.find((one) => one.kind === "lost");
  const columns = all.filter((one) => one !== lost || showLost || phone || asking === one.key);
  const largest = Math.max(
    1,
    ...columns.filter((one) => one !== lost).map((one) => sums.get(one.key)?.sum ?? 0),
  );
  const path = useQuery({
    queryKey: ["path", object.key, dragged?.id, dragged?.version],
    enabled: dragged !== null && group.type === "stage",
    queryFn: () => api<{ stages: PathStage[] }>(`/records/${object.key}/${dragged?.id}/path`),
  });
  const lacks = (stage: OptionDef) =>
    dragged && dragged[group.key] !== stage.key
      ? (path.data?.stages.find((one) => one.key === stage.key)?.missing.length ?? 0)
      : null;
  const rights = me.data?.objects[object.key];
  const mayMove = rights?.update !== "none" && group.level === "write";
  const sensing = useSensing();
  // biome-ignore lint/correctness/useExhaustiveDependencies: said once, when the refusal comes
  useEffect(() => {
    if (refused)
      setTold(
        `${t("board.refused", { count: refused.missing.length, name: stageName(refused.stage as OptionDef) })} · ${t("board.notSaved")}`,
      );
  }, [refused]);
  const find = (id: unknown) => all.find((one) => (one.key || "none") === id);
  const named = () => ({ name: dragged ? nameOf(object, dragged) : "" });
  const onArrow = (event: React.KeyboardEvent) => {
    const here = (event.target as HTMLElement).closest<HTMLElement>("[data-place]")?.dataset.place;
    if (!here || dragged || event.ctrlKey || event.metaKey || event.altKey) return;
    const [column = 0, at = 0] = here.split(".").map(Number);
    const counts = columns.map((_, place) => handles.current[place]?.count ?? 0);
    const next = focusFrom(counts, [column, at], event.key);
    if (!next) return;
    event.preventDefault();
    handles.current[next[0]]?.focus(next[1]);
  };
  const waiting = new Set(
    [moving?.record.id, refused?.record.id, failed?.record.id, conflict?.record.id].flatMap((id) => id ?? []),
  );
  const notice = (stage: OptionDef) => {
    if (moving) return null;
    if (refused?.stage.key === stage.key)
      return (
        <Refusal
          key={refused.record.id}
          object={object}
          refused={refused}
          title={nameOf(object, refused.record)}
          busy={false}
          onMove={moves.fill}
          onPutBack={() => {
            moves.putBack();
            setTold(t("board.cancelled", { name: nameOf(object, refused.record) }));
          }}
        />
      );
    if (conflict?.stage.key === stage.key)
      return (
        <MoveConflict
          object={object}
          group={group}
          conflict={conflict}
          onInsist={moves.insist}
          onAccept={moves.accept}
        />
      );
    if (failed?.stage.key === stage.key)
      return <MoveFailed object={object} failed={failed} onRetry={moves.retry} onClose={moves.giveUp} />;
    return null;
  };
  return (
    <>
      <div className="page-bar board-bar">
        <h1>{state.title}</h1>
        <span className="grow" />
        <SwitchBoard object={object} filter={filter} here="board" />
        {rights?.create && (
          <Button
            type="primary"
            icon={<Plus size={15} />}
            onClick={() => setCreating(stages.find((one) => kindOf(one) === "open")?.key ?? "")}
          >
            {t("list.new", { name: label(object.labels, locale) })}
          </Button>
        )}
      </div>
      <BoardBar
        object={object}
        state={state}
        card={card}
        total={openSums(all, sums)}
        onDraft={setDraft}
        sample={() => asked}
      />
      {phone && <PhoneStages columns={columns} stages={stages} sums={sums} board={board} />}
      <DndContext
        sensors={sensing}
        collisionDetection={columnUnder}
        autoScroll={{ threshold: { x: 0.12, y: 0.1 } }}
        accessibility={{
          screenReaderInstructions: { draggable: t("board.instructions") },
          // Said by the board's own polite region, with everything else that happens here.
          announcements: {
            onDragStart: () => undefined,
            onDragOver: () => undefined,
            onDragEnd: () => undefined,
            onDragCancel: () => undefined,
          },
        }}
        onDragStart={({ active }) => {
          const record = (active.data.current as RecordData | undefined) ?? null;
          setDragged(record);
          if (record) setTold(t("board.picked", { name: nameOf(object, record) }));
        }}
        onDragOver={({ over }) => {
          const stage = find(over?.id);
          if (!stage || !dragged) return;
          const missing = lacks(stage);
          setTold(
            t("board.over", { ...named(), stage: stageName(stage) }) +
              (missing ? ` · ${t("board.short", { count: missing })}` : ""),
          );
        }}
        onDragCancel={() => {
          setTold(t("board.cancelled", named()));
          setDragged(null);
        }}
        onDragEnd={({ over }) => {
          const [record, stage] = [dragged, find(over?.id)];
          setDragged(null);
          if (record && stage) void moves.go(record, stage);
        }}
      >
        {/* biome-ignore lint/a11y/noStaticElementInteractions: arrows move the focus among the cards inside */}
        <div className="board" ref={board} onKeyDown={onArrow}>
          {columns.map((stage, place) => (
            <Column
              key={stage.key || "none"}
              asked={asked}
              card={card}
              stage={stage}
              stages={all}
              place={place}
              sums={sums.get(stage.key)}
              largest={largest}
              stale={stale}
              lacks={lacks(stage)}
              waiting={waiting}
              arriving={moving?.stage.key === stage.key ? moving.record : null}
              marks={marks}
              notice={notice(stage)}
              mayMove={mayMove}
              onHandle={(at, handle) => {
                handles.current[at] = handle;
              }}
              onMove={moves.go}
              onNew={rights?.create && kindOf(stage) === "open" ? () => setCreating(stage.key) : undefined}
              onFold={stage === lost && !phone ? () => setShowLost(false) : undefined}
            />
          ))}
          {lost && !columns.includes(lost) && (
            <LostStrip
              stage={lost}
              count={sums.get(lost.key)?.count ?? 0}
              dragging={dragged !== null}
              onOpen={() => setShowLost(true)}
            />
          )}
        </div>
        <DragOverlay dropAnimation={{ duration: 140 }}>
          {dragged && (
            <div className="deal lifted">
              <CardFace object={object} group={group} card={card} record={dragged} stale={false} />
            </div>
          )}
        </DragOverlay>
      </DndContext>
      <p className="spoken" aria-live="polite" role="status">
        {told}
      </p>
      {creating !== null && (
        <NewCard
          object={object}
          group={group}
          value={creating}
          onClose={() => setCreating(null)}
          onSaved={state.reload}
        />
      )}
      {closing && (
        <RecordForm
          object={object}
          record={closing.record}
          only={closingFields(object, kindOf(closing.stage))}
          title={`${stageName(closing.stage)} · ${nameOf(object, closing.record)}`}
          initial={{ [group.key]: closing.stage.key }}
          onClose={moves.stopClosing}
          onSaved={moves.closed}
        />
      )}
    </>
  );
}

function NewCard({
  object,
  group,
  value,
  onClose,
  onSaved,
}: {
  object: ObjectDef;
  group: FieldDef;
  value: string;
  onClose: () => void;
  onSaved: () => Promise<unknown>;
}) {
  return (
    <RecordForm
      object={object}
      initial={value ? { [group.key]: value } : {}}
      onClose={onClose}
      onSaved={async () => {
        onClose();
        await onSaved();
      }}
    />
  );
}
