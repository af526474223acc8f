import "./list.css";
import "./bulk.css";
import { useQueryClient } from "@tanstack/react-query";
import { useNavigate, useParams } from "@tanstack/react-router";
import { Button, type InputRef, Skeleton } from "antd";
import { Plus } from "lucide-react";
import { lazy, Suspense, useCallback, useMemo, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { api } from "@/shared/api/client";
import { useAggregate, useMe, useObject, useObjects } from "@/shared/api/queries";
import type { ObjectDef, RecordData } from "@/shared/api/types";
import { label, money } from "@/shared/format/format";
import { useKeys } from "@/shared/keys/useKeys";
import { ProblemBox } from "@/shared/Problem";
import { usePhone } from "@/shared/useMedia";
import { BulkBar, type Choice } from "./BulkBar";
import type { Saving } from "./Cell";
import { Empty } from "./Empty";
import { Sentence } from "./FilterBar";
import { Foot, measuresOf } from "./Foot";
import { ListBar } from "./ListBar";
import { ListMenu } from "./ListMenu";
import { totalsText, UNCHANGED, useListState, widthsText } from "./listState";
import { PhoneRows } from "./PhoneRows";
import { PAGE } from "./rows";
import { SwitchBoard } from "./SwitchBoard";
import { Table } from "./Table";
import { useRows } from "./useRows";
import { useSave } from "./useSave";
import { useStays } from "./useStays";
import { SaveView, ViewTabs } from "./ViewTabs";
import { keepWalk } from "./walk";
import { useWords } from "./words";

export function ListPage() {
  const { object: key } = useParams({ strict: false }) as { object: string };
  const objects = useObjects();
  const object = useObject(key);
  if (objects.error) return <ProblemBox error={objects.error} retry={() => objects.refetch()} />;
  if (!object) return <Skeleton active style={{ padding: 24 }} />;
  return <List key={key} object={object} />;
}

const Peek = lazy(() => import("./Peek").then((found) => ({ default: found.Peek })));
const RecordForm = lazy(() => import("./RecordForm").then((found) => ({ default: found.RecordForm })));

function List({ object }: { object: ObjectDef }) {
  const { t, i18n } = useTranslation();
  const locale = i18n.language;
  const navigate = useNavigate();
  const queries = useQueryClient();
  const me = useMe();
  const phone = usePhone();
  const state = useListState(object);
  const { filter, sort, q, columns, density, go } = state;
  const [creating, setCreating] = useState(false);
  const [chosen, setChosen] = useState<Map<string, RecordData>>(new Map());
  const [everything, setEverything] = useState(false);
  const [peeked, setPeeked] = useState<RecordData>();
  const [range, setRange] = useState<[number, number]>([1, 1]);
  const { sentence } = useWords(object, filter);
  const { save, decide, waiting, dropConflict } = useSave(object);
  const search = useRef<InputRef>(null);
  const rights = me.data?.objects[object.key];
  const ready = state.views.isFetched;
  const stage = object.fields.find((field) => field.type === "stage");

  const fields = useMemo(
    () => columns.flatMap((key) => object.fields.find((field) => field.key === key) ?? []),
    [columns, object],
  );
  const measures = measuresOf(object, columns, state.totals);
  const totals = useAggregate(
    object.key,
    { filter: filter ?? {}, measures, ...(q ? { search: q } : {}) },
    ready,
  );
  const sums = measures.find((one) => one.op === "sum")?.field;
  const count = totals.data ? Number(totals.data.rows[0]?.count ?? 0) : undefined;
  const wanted = [...new Set([...columns, ...(stage ? [stage.key] : []), ...(sums ? [sums] : [])])].join(",");
  const params = { filter, sort, search: q, fields: wanted, limit: PAGE };
  const rows = useRows(object, params, ready, count);
  const { look, total } = rows;
  const stays = useStays(object, {}, ready && columns.includes("days_in_stage"));
  const shownRows = useCallback(
    (from: number, to: number) => {
      look(from, to, total);
      setRange((before) => (before[0] === from + 1 && before[1] === to + 1 ? before : [from + 1, to + 1]));
    },
    [look, total],
  );
  const choose = (next: Map<string, RecordData>) => {
    setEverything(false);
    setChosen(next);
  };
  const loaded = () => new Map(rows.around(range[0] - 1).rows.map((row) => [row.id, row]));
  const chooseAll = () => {
    choose(loaded());
    if (!q) setEverything(true);
  };
  useKeys({
    "/": () => search.current?.focus(),
  });
  const parts = sentence(filter);
  // The sentence is one text with a gap: the languages put the object's name at different ends.
  const [before, after] = t("list.sentence", { name: label(object.plural, locale), parts: "\n" }).split("\n");
  const filtered = parts.length > 0 || q !== "";
  const sum =
    sums && !everything
      ? money(
          [...chosen.values()].reduce((add, row) => add + Number(row[sums] ?? 0), 0).toFixed(2),
          me.data?.workspace.currency ?? "CNY",
          locale,
        )
      : null;
  const choice: Choice = everything ? { filter: filter ?? {} } : { ids: [...chosen.keys()] };
  const clear = () => go({ ...UNCHANGED, filter: {}, q: undefined, view: "all" });
  /** The list that a record is opened from goes along, so that one can go on to the next. */
  const remember = (record: RecordData) => {
    const run = rows.around(range[0] - 1);
    const place = run.rows.findIndex((row) => row.id === record.id);
    const from = Math.max(0, place - 500);
    const ids = run.rows.slice(from, from + 1000).map((row) => row.id);
    keepWalk(object.key, ids, total, run.from + from);
  };
  const intend = (record: RecordData) => {
    remember(record);
    void queries.prefetchQuery({
      queryKey: ["record", object.key, record.id],
      queryFn: () => api<RecordData>(`/records/${object.key}/${record.id}`),
      staleTime: 10_000,
    });
  };
  const saveCell = async (record: RecordData, values: Record<string, unknown>): Promise<Saving> => {
    const saved = await save(record, values);
    const clash = waiting.current;
    if (saved || !clash) return {};
    dropConflict();
    return {
      clash: {
        ...clash,
        decide: (kept) => {
          waiting.current = clash;
          return decide(kept);
        },
      },
    };
  };
  return (
    <>
      <div className="page-bar list-head">
        <h1>{label(object.plural, locale)}</h1>
        <ViewTabs object={object} state={state} />
        <span className="grow" />
        <SwitchBoard object={object} filter={filter} here="list" />
        {!phone && <ListMenu object={object} state={state} />}
        {rights?.create && (
          <Button type="primary" icon={<Plus size={15} />} onClick={() => setCreating(true)}>
            {t("list.new", { name: label(object.labels, locale) })}
          </Button>
        )}
      </div>
      <ListBar object={object} state={state} box={search} phone={phone} />
      {(parts.length > 0 || state.changed) && (
        <div className="sentence">
          {parts.length > 0 ? (
            <span>
              {before}
              <Sentence parts={parts} />
              {after}
            </span>
          ) : (
            <span>{t("list.allOf", { name: label(object.plural, locale) })}</span>
          )}
          <SaveView object={object} state={state} />
        </div>
      )}
      {rows.error ? (
        <ProblemBox error={rows.error} retry={() => rows.refetch()} />
      ) : rows.empty && total === 0 ? (
        <Empty
          object={object}
          filter={filter}
          filtered={filtered}
          parts={parts}
          search={q}
          onFilter={(next) => go({ filter: next })}
          onSearch={() => go({ q: undefined })}
          onClear={clear}
          onNew={rights?.create ? () => setCreating(true) : undefined}
        />
      ) : phone ? (
        <PhoneRows
          object={object}
          fields={fields}
          at={rows.at}
          total={total}
          onShown={shownRows}
          onIntent={intend}
        />
      ) : (
        <Table
          object={object}
          fields={fields}
          at={rows.at}
          total={total}
          density={density}
          sort={sort}
          widths={state.widths}
          loading={rows.loading}
          dimmed={rows.dimmed}
          chosen={chosen}
          listKey={JSON.stringify([filter, sort, q])}
          stale={(row) =>
            stays.stale(String(row[stage?.key ?? ""] ?? ""), Number(row.days_in_stage ?? 0)) &&
            stage?.options?.find((one) => one.key === row[stage.key])?.kind === "open"
          }
          onSort={(next) => go({ sort: next })}
          onMove={(next) => go({ cols: next.join(",") })}
          onWidths={(next) => go({ widths: widthsText(next) }, true)}
          onChoose={choose}
          onChooseAll={chooseAll}
          onOpen={(row) => {
            intend(row);
            void navigate({ to: "/o/$object/$id", params: { object: object.key, id: row.id } });
          }}
          onIntent={intend}
          onPeek={(row) => setPeeked((now) => (now?.id === row.id ? undefined : row))}
          onSave={saveCell}
          onShown={shownRows}
        />
      )}
      {chosen.size > 0 && (
        <BulkBar
          object={object}
          choice={choice}
          chosen={[...chosen.values()]}
          count={everything ? total : chosen.size}
          sum={sum}
          total={total}
          sort={sort}
          columns={columns}
          onAll={!q && !everything ? () => setEverything(true) : undefined}
          onClear={() => choose(new Map())}
        />
      )}
      <Foot
        object={object}
        columns={columns}
        measures={measures}
        totals={totals.data?.rows[0]}
        asOf={totals.data?.as_of}
        range={range}
        onTotals={(next) => go({ totals: totalsText(next) })}
      />
      <Suspense>
        {peeked && <Peek object={object} record={peeked} onClose={() => setPeeked(undefined)} />}
        {creating && (
          <RecordForm
            object={object}
            onClose={() => setCreating(false)}
            onSaved={(record) => {
              setCreating(false);
              void navigate({ to: "/o/$object/$id", params: { object: object.key, id: record.id } });
            }}
          />
        )}
      </Suspense>
    </>
  );
}
