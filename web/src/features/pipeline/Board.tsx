import "./board.css";
import {
  DndContext,
  type DragEndEvent,
  KeyboardSensor,
  PointerSensor,
  useDraggable,
  useDroppable,
  useSensor,
  useSensors,
} from "@dnd-kit/core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Link, useParams } from "@tanstack/react-router";
import { App, Button, Dropdown, Skeleton } from "antd";
import { Ellipsis, Plus } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { sendable } from "@/features/records/model";
import { RecordForm } from "@/features/records/RecordForm";
import { ApiProblem, api, query } from "@/shared/api/client";
import { useAggregate, useMe, useObject } from "@/shared/api/queries";
import type { FieldDef, ObjectDef, OptionDef, RecordData, Link as RecordLink } from "@/shared/api/types";
import { FieldInput } from "@/shared/fields/FieldInput";
import { label, money, short } from "@/shared/format/format";
import { useSentence } from "@/shared/Problem";
import { StageBar } from "@/shared/StageBar";

const PER_COLUMN = 30;

export function BoardPage() {
  const { object: key } = useParams({ strict: false }) as { object: string };
  const object = useObject(key);
  const stage = object?.fields.find((field) => field.type === "stage");
  if (!object || !stage) return <Skeleton active style={{ padding: 24 }} />;
  return <Board key={key} object={object} stage={stage} />;
}

interface Refusal {
  record: RecordData;
  stage: string;
  missing: string[];
}

function Board({ object, stage }: { object: ObjectDef; stage: FieldDef }) {
  const { t, i18n } = useTranslation();
  const locale = i18n.language;
  const { message } = App.useApp();
  const queries = useQueryClient();
  const sentence = useSentence();
  const me = useMe();
  const [refusal, setRefusal] = useState<Refusal | null>(null);
  const [creating, setCreating] = useState<string | null>(null);
  const sensors = useSensors(
    useSensor(PointerSensor, { activationConstraint: { distance: 6 } }),
    useSensor(KeyboardSensor),
  );
  const stages = (stage.options ?? []).filter((one) => one.active !== false);
  const amount = object.fields.find((field) => field.key === "amount");
  const sums = useAggregate(object.key, {
    group_by: [{ field: stage.key }],
    measures: [{ op: "count" }, ...(amount ? [{ op: "sum", field: "amount" }] : [])],
  });
  const sumOf = (key: string) => sums.data?.rows.find((row) => row[stage.key] === key);
  const largest = Math.max(
    1,
    ...(sums.data?.rows ?? []).map((row) => Number(row.sum_amount ?? row.count ?? 0)),
  );
  const open = stages.filter((one) => one.kind === "open");
  const openCount = open.reduce((total, one) => total + Number(sumOf(one.key)?.count ?? 0), 0);
  const openSum = open.reduce((total, one) => total + Number(sumOf(one.key)?.sum_amount ?? 0), 0);

  const refresh = async () => {
    for (const name of ["board", "aggregate", "list", "record"])
      await queries.invalidateQueries({ queryKey: [name, object.key] });
  };
  const move = async (record: RecordData, target: string, extra: Record<string, unknown> = {}) => {
    if (record[stage.key] === target) return;
    try {
      await api(`/records/${object.key}/${record.id}`, {
        method: "PATCH",
        body: sendable({ [stage.key]: target, ...extra }),
        version: record.version,
      });
      setRefusal(null);
      await refresh();
    } catch (problem) {
      if (problem instanceof ApiProblem && problem.body.code === "STAGE_REFUSED") {
        const missing = (problem.body.missing ?? problem.body.errors).map((one) => one.field);
        setRefusal({ record, stage: target, missing });
      } else {
        if (problem instanceof ApiProblem && problem.body.status === 412) await refresh();
        message.error(sentence(problem));
      }
    }
  };
  const onDragEnd = (event: DragEndEvent) => {
    const record = event.active.data.current as RecordData | undefined;
    if (record && event.over) void move(record, String(event.over.id));
  };
  return (
    <>
      <div className="page-bar">
        <h1>{t("nav.board")}</h1>
        <span className="meta grow">
          {t("board.open", { count: openCount })} · {short(openSum, locale, me.data?.workspace.currency)}
        </span>
        <Link to="/o/$object" params={{ object: object.key }}>
          {t("board.list")}
        </Link>
        <Button type="primary" icon={<Plus size={15} />} onClick={() => setCreating(open[0]?.key ?? null)}>
          {t("list.new", { name: label(object.labels, locale) })}
        </Button>
      </div>
      <DndContext sensors={sensors} onDragEnd={onDragEnd}>
        <div className="board">
          {stages.map((one) => (
            <Column
              key={one.key}
              object={object}
              stageField={stage}
              stage={one}
              stages={stages}
              count={Number(sumOf(one.key)?.count ?? 0)}
              sum={Number(sumOf(one.key)?.sum_amount ?? 0)}
              share={Number(sumOf(one.key)?.sum_amount ?? sumOf(one.key)?.count ?? 0) / largest}
              refusal={refusal?.stage === one.key ? refusal : null}
              onPutBack={() => setRefusal(null)}
              onMove={move}
              onNew={() => setCreating(one.key)}
            />
          ))}
        </div>
      </DndContext>
      {creating && (
        <RecordForm
          object={object}
          initial={{ [stage.key]: creating }}
          onClose={() => setCreating(null)}
          onSaved={async () => {
            setCreating(null);
            await refresh();
          }}
        />
      )}
    </>
  );
}

type Move = (record: RecordData, target: string, extra?: Record<string, unknown>) => Promise<void>;

function Column(props: {
  object: ObjectDef;
  stageField: FieldDef;
  stage: OptionDef;
  stages: OptionDef[];
  count: number;
  sum: number;
  share: number;
  refusal: Refusal | null;
  onPutBack: () => void;
  onMove: Move;
  onNew: () => void;
}) {
  const { object, stageField, stage, stages, count, sum, share, refusal, onMove } = props;
  const { t, i18n } = useTranslation();
  const me = useMe();
  const drop = useDroppable({ id: stage.key });
  const wanted = ["name", "account", "amount", "next_step", "owner", "days_in_stage", "close_date"];
  const known = wanted.filter((one) => object.fields.some((field) => field.key === one));
  const cards = useQuery({
    queryKey: ["board", object.key, stage.key],
    queryFn: async () =>
      (
        await api<{ records: RecordData[] }>(
          `/records/${object.key}${query({
            filter: { field: stageField.key, op: "eq", value: stage.key },
            sort: "-modified_at",
            limit: PER_COLUMN,
            fields: [...known, stageField.key].join(","),
          })}`,
        )
      ).records,
  });
  const rows = cards.data ?? [];
  return (
    <section
      ref={drop.setNodeRef}
      className={`column${drop.isOver ? " over" : ""}`}
      aria-label={label(stage.labels, i18n.language)}
    >
      <header>
        <div className="row">
          <StageBar stages={stages} value={stage.key} />
          <span className="strong cut">{label(stage.labels, i18n.language)}</span>
          <span className="meta grow">{count}</span>
          {stage.kind === "open" && (
            <button
              type="button"
              className="plain"
              aria-label={t("list.new", { name: label(object.labels, i18n.language) })}
              onClick={props.onNew}
            >
              <Plus size={15} />
            </button>
          )}
        </div>
        <div className="strong num" style={{ textAlign: "left" }}>
          {short(sum, i18n.language, me.data?.workspace.currency)}
        </div>
        <div className="bar">
          <i className={stage.kind} style={{ width: `${Math.round(share * 100)}%` }} />
        </div>
      </header>
      {refusal && <RefusedCard {...{ object, stage, refusal }} onMove={onMove} onPutBack={props.onPutBack} />}
      {rows.map((record) => (
        <Card key={record.id} {...{ object, stages, record, onMove }} present={stage.key} />
      ))}
      {count > rows.length && <p className="meta">{t("board.more", { count: count - rows.length })}</p>}
    </section>
  );
}

function Card(props: {
  object: ObjectDef;
  stages: OptionDef[];
  record: RecordData;
  present: string;
  onMove: Move;
}) {
  const { object, stages, record, present, onMove } = props;
  const { t, i18n } = useTranslation();
  const me = useMe();
  const drag = useDraggable({ id: record.id, data: record });
  const account = record.account as RecordLink | null | undefined;
  const owner = record.owner as RecordLink | null | undefined;
  const shift = drag.transform ? `translate(${drag.transform.x}px, ${drag.transform.y}px)` : undefined;
  return (
    <article
      ref={drag.setNodeRef}
      className={`deal${drag.isDragging ? " dragging" : ""}`}
      style={{ transform: shift, zIndex: drag.isDragging ? 10 : undefined, position: "relative" }}
    >
      <div className="row dense">
        <span className="cut grow" style={{ color: "var(--ink-2)" }} {...drag.listeners} {...drag.attributes}>
          {account?.label ?? "—"}
        </span>
        <Dropdown
          trigger={["click"]}
          menu={{
            items: stages
              .filter((one) => one.key !== present)
              .map((one) => ({
                key: one.key,
                label: `${t("board.moveTo")} ${label(one.labels, i18n.language)}`,
                onClick: () => onMove(record, one.key),
              })),
          }}
        >
          <button type="button" className="plain" aria-label={t("board.moveTo")}>
            <Ellipsis size={14} />
          </button>
        </Dropdown>
      </div>
      <Link
        to="/o/$object/$id"
        params={{ object: object.key, id: record.id }}
        className="strong cut"
        style={{ color: "var(--ink)" }}
        draggable={false}
      >
        {String(record.name ?? "—")}
      </Link>
      <div className="row dense" {...drag.listeners}>
        <span className="strong num grow" style={{ textAlign: "left" }}>
          {money(
            record.amount,
            String(record.amount_currency ?? me.data?.workspace.currency ?? "CNY"),
            i18n.language,
          )}
        </span>
        {owner && <span className="avatar">{owner.label.slice(0, 1)}</span>}
      </div>
      <div className="row meta">
        <span className={`cut grow${record.next_step ? "" : " attention"}`}>
          {String(record.next_step ?? t("board.noNext"))}
        </span>
        {record.days_in_stage != null && (
          <span>{t("board.days", { count: Number(record.days_in_stage) })}</span>
        )}
      </div>
    </article>
  );
}

/** Why a card was refused, with what is missing to fill in here. */
function RefusedCard(props: {
  object: ObjectDef;
  stage: OptionDef;
  refusal: Refusal;
  onMove: Move;
  onPutBack: () => void;
}) {
  const { object, stage, refusal, onMove } = props;
  const { t, i18n } = useTranslation();
  const [values, setValues] = useState<Record<string, unknown>>({});
  const name = label(stage.labels, i18n.language);
  return (
    <div className="refusal" role="alert">
      <div className="why">
        {t("board.refused", { count: refusal.missing.length, name })}
        <div style={{ color: "var(--ink)", fontWeight: 400 }}>{String(refusal.record.name ?? "")}</div>
      </div>
      <div className="body">
        {refusal.missing.map((key) => {
          const field = object.fields.find((one) => one.key === key);
          if (!field) return null;
          return (
            <div key={key} className="field">
              <label htmlFor={`r-${key}`}>{label(field.labels, i18n.language)}</label>
              <FieldInput
                id={`r-${key}`}
                field={field}
                value={values[key] ?? null}
                onChange={(next) => setValues({ ...values, [key]: next })}
              />
            </div>
          );
        })}
        <div className="row">
          <Button type="primary" onClick={() => onMove(refusal.record, stage.key, values)}>
            {t("record.fillMove")}
          </Button>
          <Button onClick={props.onPutBack}>{t("board.putBack")}</Button>
        </div>
        <p className="meta">{t("board.notSaved")}</p>
      </div>
    </div>
  );
}
