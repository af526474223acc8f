import "./board.css";
import "@/features/records/list.css";
import {
  DndContext,
  type DragEndEvent,
  DragOverlay,
  KeyboardCode,
  type KeyboardCoordinateGetter,
  KeyboardSensor,
  MouseSensor,
  pointerWithin,
  rectIntersection,
  TouchSensor,
  useSensor,
  useSensors,
} from "@dnd-kit/core";
import { useQuery } from "@tanstack/react-query";
import { useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { App, Button, Dropdown, Skeleton } from "antd";
import { ArrowUpDown, Plus } from "lucide-react";
import { useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { FilterChips } from "@/features/records/FilterBar";
import { both } from "@/features/records/filters";
import { closingFields, type PathStage } from "@/features/records/process";
import { RecordForm } from "@/features/records/RecordForm";
import { Refusal } from "@/features/records/Refusal";
import { SwitchBoard } from "@/features/records/SwitchBoard";
import { useMove } from "@/features/records/useMove";
import { useSave } from "@/features/records/useSave";
import { useStays } from "@/features/records/useStays";
import { api } from "@/shared/api/client";
import { useMe, useObject, useObjects } from "@/shared/api/queries";
import type { FieldDef, ObjectDef, OptionDef, RecordData } from "@/shared/api/types";
import { label, short } from "@/shared/format/format";
import { ProblemBox, useSentence } from "@/shared/Problem";
import { CardFace, nameOf } from "./Card";
import { Column, LostStrip } from "./Column";
import { columnFilter, focusFrom, openSums, SORTS, sortOf, stepTo } from "./model";

export function BoardPage() {
  const { object: key } = useParams({ strict: false }) as { object: string };
  const objects = useObjects();
  const object = useObject(key);
  const stage = object?.fields.find((field) => field.type === "stage");
  if (objects.error) return <ProblemBox error={objects.error} retry={() => objects.refetch()} />;
  if (!object || !stage) return <Skeleton active className="late-in" style={{ padding: 24 }} />;
  return <Board key={key} object={object} stageField={stage} />;
}

/** Left and right carry the card over the column beside. */
const coordinates: KeyboardCoordinateGetter = (event, { context }) => {
  if (event.code !== KeyboardCode.Left && event.code !== KeyboardCode.Right) return undefined;
  event.preventDefault();
  const boxes = context.droppableContainers.getEnabled().flatMap((one) => {
    const rect = context.droppableRects.get(one.id);
    return rect ? [{ id: String(one.id), left: rect.left, top: rect.top, width: rect.width }] : [];
  });
  const next = stepTo(
    boxes,
    context.over ? String(context.over.id) : undefined,
    event.code === KeyboardCode.Right ? "right" : "left",
  );
  return next && { x: next.left + 4, y: next.top + 80 };
};

function Board({ object, stageField }: { object: ObjectDef; stageField: FieldDef }) {
  const { t, i18n } = useTranslation();
  const locale = i18n.language;
  const { message } = App.useApp();
  const navigate = useNavigate();
  const sentence = useSentence();
  const me = useMe();
  const address = useSearch({ strict: false }) as { filter?: unknown; sort?: string };
  const { filter } = address;
  const { key: sortKey, sort } = sortOf(object, address.sort);
  const { save, refresh } = useSave(object);
  const { move, moving, refused, putBack } = useMove(object, save, (problem) =>
    message.error(sentence(problem)),
  );
  const [creating, setCreating] = useState<string | null>(null);
  const [closing, setClosing] = useState<{ record: RecordData; stage: OptionDef } | null>(null);
  const [dragged, setDragged] = useState<RecordData | null>(null);
  const [showLost, setShowLost] = useState(false);
  const [told, setTold] = useState("");
  const board = useRef<HTMLDivElement>(null);
  const sensors = useSensors(
    useSensor(MouseSensor, { activationConstraint: { distance: 6 } }),
    useSensor(TouchSensor, { activationConstraint: { delay: 220, tolerance: 8 } }),
    useSensor(KeyboardSensor, {
      coordinateGetter: coordinates,
      keyboardCodes: { start: ["Space", "KeyM"], cancel: ["Escape"], end: ["Space", "Enter", "KeyM"] },
    }),
  );
  const stages = (stageField.options ?? []).filter((one) => one.active !== false);
  const open = stages.filter((one) => (one.kind ?? "open") === "open");
  const stays = useStays(object, filter);
  const won = stages.find((one) => one.kind === "won");
  const closed = useStays(
    object,
    both(filter, won ? columnFilter(object, stageField, won) : undefined),
    won !== undefined,
  );
  const stayOf = (stage: OptionDef) => (stage.kind === "won" ? closed : stays).stages.get(stage.key);
  const largest = Math.max(
    1,
    ...stages.filter((one) => one.kind !== "lost").map((one) => stayOf(one)?.sum ?? 0),
  );
  const total = openSums(stages, stays.stages);
  const path = useQuery({
    queryKey: ["path", object.key, dragged?.id, dragged?.version],
    enabled: dragged !== null,
    queryFn: () => api<{ stages: PathStage[] }>(`/records/${object.key}/${dragged?.id}/path`),
  });
  const lacks = (stage: OptionDef) =>
    dragged ? (path.data?.stages.find((one) => one.key === stage.key)?.missing.length ?? 0) : null;
  const rights = me.data?.objects[object.key];
  const mayMove = rights?.update !== "none" && stageField.level === "write";
  const currency = me.data?.workspace.currency;

  const go = async (record: RecordData, stage: OptionDef) => {
    if (record[stageField.key] === stage.key) return;
    putBack();
    if ((stage.kind ?? "open") !== "open" && closingFields(object, stage.kind ?? "").length > 0) {
      setClosing({ record, stage });
      return;
    }
    const saved = await move(record, stage, {}, "board");
    if (saved)
      setTold(t("board.moved", { name: nameOf(object, record), stage: label(stage.labels, locale) }));
  };
  const onDragEnd = ({ active, over }: DragEndEvent) => {
    setDragged(null);
    const record = active.data.current as RecordData | undefined;
    const stage = stages.find((one) => one.key === over?.id);
    if (record && stage) void go(record, stage);
  };
  const named = (record: unknown) => ({ name: nameOf(object, record as RecordData) });
  const stageName = (id: unknown) => label(stages.find((one) => one.key === id)?.labels, locale);
  const onArrow = (event: React.KeyboardEvent) => {
    const here = (event.target as HTMLElement).closest<HTMLElement>("[data-place]")?.dataset.place;
    if (!here || dragged || event.ctrlKey || event.metaKey || event.altKey) return;
    const [column = 0, card = 0] = here.split(".").map(Number);
    const counts = [...(board.current?.querySelectorAll(".column") ?? [])].map(
      (one) => one.querySelectorAll("[data-place]").length,
    );
    const next = focusFrom(counts, [column, card], event.key);
    if (!next) return;
    event.preventDefault();
    board.current?.querySelector<HTMLElement>(`[data-place="${next[0]}.${next[1]}"] .deal-name`)?.focus();
  };
  const columns = stages.filter((one) => one.kind !== "lost" || showLost || refused?.stage.key === one.key);
  const lost = stages.find((one) => one.kind === "lost");
  const turn = (next: { filter?: unknown; sort?: string }) =>
    navigate({ to: ".", search: (before: object) => ({ ...before, ...next }) } as never);
  return (
    <>
      <div className="page-bar board-bar">
        <h1>{t("nav.board")}</h1>
        <span className="grow" />
        <SwitchBoard object={object} filter={filter} here="board" />
        {rights?.create && (
          <Button type="primary" icon={<Plus size={15} />} onClick={() => setCreating(open[0]?.key ?? null)}>
            {t("list.new", { name: label(object.labels, locale) })}
          </Button>
        )}
      </div>
      <div className="sub-bar list-bar">
        <FilterChips
          object={object}
          filter={filter}
          onChange={(next) => turn({ filter: next && Object.keys(next).length ? next : undefined })}
        />
        <Dropdown
          trigger={["click"]}
          menu={{
            selectedKeys: [sortKey],
            items: SORTS.map((one) => ({ key: one, label: t(`board.sort_${one}`) })),
            onClick: ({ key }) => turn({ sort: key }),
          }}
        >
          <Button type="text" size="small" icon={<ArrowUpDown size={14} />}>
            {t(`board.sort_${sortKey}`)}
          </Button>
        </Dropdown>
        <span className="grow" />
        <p className="board-sums">
          <span>
            {t("board.openSum")} <b>{t("board.deals", { count: total.count })}</b>{" "}
            <b>{short(total.sum, locale, currency)}</b>
          </span>
          {total.weighted > 0 && (
            <span>
              {t("board.weighted")} <b>{short(total.weighted, locale, currency)}</b>
            </span>
          )}
          {total.staleCount > 0 && (
            <span>
              {t("board.staleSum")}{" "}
              <b className="attention">
                {t("board.deals", { count: total.staleCount })} {short(total.staleSum, locale, currency)}
              </b>
            </span>
          )}
        </p>
      </div>
      <DndContext
        sensors={sensors}
        collisionDetection={(found) => {
          const under = pointerWithin(found);
          return under.length ? under : rectIntersection(found);
        }}
        accessibility={{
          screenReaderInstructions: { draggable: t("board.instructions") },
          announcements: {
            onDragStart: ({ active }) => t("board.picked", named(active.data.current)),
            onDragOver: ({ active, over }) =>
              over
                ? t("board.over", { ...named(active.data.current), stage: stageName(over.id) })
                : undefined,
            onDragEnd: ({ active, over }) =>
              t("board.dropped", { ...named(active.data.current), stage: stageName(over?.id) }),
            onDragCancel: ({ active }) => t("board.cancelled", named(active.data.current)),
          },
        }}
        onDragStart={({ active }) => setDragged((active.data.current as RecordData | undefined) ?? null)}
        onDragCancel={() => setDragged(null)}
        onDragEnd={onDragEnd}
      >
        {/* biome-ignore lint/a11y/noStaticElementInteractions: arrows move the focus among the cards inside */}
        <div className="board" ref={board} onKeyDown={onArrow}>
          {columns.map((stage, place) => (
            <Column
              key={stage.key}
              object={object}
              stageField={stageField}
              stage={stage}
              stages={stages}
              place={place}
              filter={filter}
              sort={sort}
              stay={stayOf(stage)}
              largest={largest}
              stale={stays.stale}
              lacks={dragged && dragged[stageField.key] !== stage.key ? lacks(stage) : null}
              dragging={dragged !== null}
              waiting={moving?.id ?? refused?.record.id ?? null}
              arriving={moving?.to === stage.key && refused === null}
              mayMove={mayMove}
              onMove={go}
              onNew={
                rights?.create && (stage.kind ?? "open") === "open" ? () => setCreating(stage.key) : undefined
              }
              onFold={stage.kind === "lost" ? () => setShowLost(false) : undefined}
              refusal={
                refused?.stage.key === stage.key && (
                  <Refusal
                    key={refused.record.id}
                    object={object}
                    refused={refused}
                    title={nameOf(object, refused.record)}
                    busy={moving !== null}
                    onMove={(values) => move(refused.record, refused.stage, values, "board")}
                    onPutBack={putBack}
                  />
                )
              }
            />
          ))}
          {lost && !columns.includes(lost) && (
            <LostStrip
              stage={lost}
              count={stays.stages.get(lost.key)?.count ?? 0}
              dragging={dragged !== null}
              onOpen={() => setShowLost(true)}
            />
          )}
        </div>
        <DragOverlay dropAnimation={{ duration: 140 }}>
          {dragged && (
            <div className="deal lifted">
              <CardFace object={object} record={dragged} stale={false} />
            </div>
          )}
        </DragOverlay>
      </DndContext>
      <p className="spoken" aria-live="polite">
        {told}
      </p>
      {creating && (
        <RecordForm
          object={object}
          initial={{ [stageField.key]: creating }}
          onClose={() => setCreating(null)}
          onSaved={async () => {
            setCreating(null);
            await refresh();
          }}
        />
      )}
      {closing && (
        <RecordForm
          object={object}
          record={closing.record}
          only={closingFields(object, closing.stage.kind ?? "")}
          title={`${label(closing.stage.labels, locale)} · ${nameOf(object, closing.record)}`}
          initial={{ [stageField.key]: closing.stage.key }}
          onClose={() => setClosing(null)}
          onSaved={async () => {
            setClosing(null);
            await refresh();
          }}
        />
      )}
    </>
  );
}
