import "./list.css";
import "./bulk.css";
import { useInfiniteQuery } from "@tanstack/react-query";
import { useNavigate, useParams } from "@tanstack/react-router";
import { Button, Dropdown, type InputRef, Skeleton } from "antd";
import { Download, Plus, Rows3 } from "lucide-react";
import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { api, query } from "@/shared/api/client";
import { useAggregate, useMe, useObject, useObjects } from "@/shared/api/queries";
import type { ObjectDef, RecordData } from "@/shared/api/types";
import { label, money } from "@/shared/format/format";
import { useKeys } from "@/shared/keys/useKeys";
import { ProblemBox } from "@/shared/Problem";
import { usePhone } from "@/shared/useMedia";
import { BulkBar, type Choice } from "./BulkBar";
import { ColumnsMenu } from "./ColumnsMenu";
import { Empty } from "./Empty";
import { FilterChips, SearchBox, Sentence } from "./FilterBar";
import { Foot, measuresOf } from "./Foot";
import { type Density, useListState } from "./listState";
import { PhoneRows } from "./PhoneRows";
import { RecordForm } from "./RecordForm";
import { SwitchBoard } from "./SwitchBoard";
import { Table } from "./Table";
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

const PAGE = 100;

function List({ object }: { object: ObjectDef }) {
  const { t, i18n } = useTranslation();
  const locale = i18n.language;
  const navigate = useNavigate();
  const me = useMe();
  const phone = usePhone();
  const state = useListState(object);
  const { filter, sort, q, columns, density, go } = state;
  const [creating, setCreating] = useState(false);
  const [chosen, setChosen] = useState<Set<string>>(new Set());
  const [everything, setEverything] = useState(false);
  const [range, setRange] = useState<[number, number]>([1, 1]);
  const { sentence } = useWords(object, filter);
  const { save } = useSave(object);
  const search = useRef<InputRef>(null);
  const rights = me.data?.objects[object.key];
  const ready = state.views.isFetched;
  const stage = object.fields.find((field) => field.type === "stage");

  const fields = useMemo(
    () => columns.flatMap((key) => object.fields.find((field) => field.key === key) ?? []),
    [columns, object],
  );
  const wanted = [...columns, ...(stage && !columns.includes(stage.key) ? [stage.key] : [])].join(",");
  const params = { filter, sort, search: q, fields: wanted, limit: PAGE };
  const list = useInfiniteQuery({
    queryKey: ["list", object.key, params],
    enabled: ready,
    queryFn: ({ pageParam }) =>
      api<{ records: RecordData[]; next: string | null }>(
        `/records/${object.key}${query({ ...params, cursor: pageParam })}`,
      ),
    initialPageParam: "",
    getNextPageParam: (last) => last.next,
    placeholderData: (before) => before,
  });
  const measures = measuresOf(object, columns);
  const totals = useAggregate(
    object.key,
    { filter: filter ?? {}, measures, ...(q ? { search: q } : {}) },
    ready,
  );
  const stays = useStays(object, {}, ready && columns.includes("days_in_stage"));
  const rows = useMemo(() => list.data?.pages.flatMap((page) => page.records) ?? [], [list.data]);
  const total = Number(totals.data?.rows[0]?.count ?? rows.length);
  const { fetchNextPage, hasNextPage, isFetchingNextPage, isPlaceholderData } = list;
  const more = useCallback(() => {
    if (hasNextPage && !isFetchingNextPage && !isPlaceholderData) void fetchNextPage();
  }, [hasNextPage, isFetchingNextPage, isPlaceholderData, fetchNextPage]);
  const shownRows = useCallback(
    (from: number, to: number) =>
      setRange((before) => (before[0] === from && before[1] === to ? before : [from, to])),
    [],
  );
  useEffect(() => {
    if (rows.length)
      keepWalk(
        object.key,
        rows.map((row) => row.id),
        total,
      );
  }, [rows, total, object.key]);
  const choose = (next: Set<string>) => {
    setEverything(false);
    setChosen(next);
  };
  useKeys({
    "/": () => search.current?.focus(),
  });
  const parts = sentence(filter);
  // The sentence is one text with a gap: the languages put the object's name at different ends.
  const [before, after] = t("list.sentence", { name: label(object.plural, locale), parts: "\n" }).split("\n");
  const filtered = parts.length > 0 || q !== "";
  const sums = measures.find((one) => one.op === "sum")?.field;
  const picked = rows.filter((row) => chosen.has(row.id));
  const sum =
    sums && picked.length === chosen.size && !everything
      ? money(
          picked.reduce((add, row) => add + Number(row[sums] ?? 0), 0).toFixed(2),
          me.data?.workspace.currency ?? "CNY",
          locale,
        )
      : null;
  const choice: Choice = everything ? { filter: filter ?? {} } : { ids: [...chosen] };
  const exportTo = (format: string) =>
    `/api/v1/records/${object.key}/export${query({ format, filter, sort, search: q, fields: columns.join(",") })}`;
  const clear = () => go({ filter: {}, q: undefined, view: "all" });
  return (
    <>
      <div className="page-bar list-head">
        <h1>{label(object.plural, locale)}</h1>
        <ViewTabs object={object} state={state} />
        <span className="grow" />
        <SwitchBoard object={object} filter={filter} here="list" />
        {rights?.export && !phone && (
          <Dropdown
            trigger={["click"]}
            menu={{
              items: ["xlsx", "csv"].map((format) => ({
                key: format,
                label: <a href={exportTo(format)}>{t(`list.export_${format}`)}</a>,
              })),
            }}
          >
            <Button icon={<Download size={15} />} aria-label={t("list.export")} />
          </Dropdown>
        )}
        {rights?.create && (
          <Button type="primary" icon={<Plus size={15} />} onClick={() => setCreating(true)}>
            {t("list.new", { name: label(object.labels, locale) })}
          </Button>
        )}
      </div>
      <div className="sub-bar list-bar">
        <FilterChips object={object} filter={filter} onChange={(next) => go({ filter: next })} />
        <span className="grow" />
        <SearchBox box={search} value={q} onChange={(text) => go({ q: text || undefined }, true)} />
        {!phone && (
          <>
            <Dropdown
              trigger={["click"]}
              menu={{
                selectedKeys: [density],
                items: ["compact", "normal", "tall"].map((one) => ({
                  key: one,
                  label: t(`list.density_${one}`),
                })),
                onClick: ({ key }) => go({ density: key as Density }),
              }}
            >
              <Button type="text" size="small" icon={<Rows3 size={14} />}>
                {t(`list.density_${density}`)}
              </Button>
            </Dropdown>
            <ColumnsMenu
              object={object}
              columns={columns}
              onChange={(next) => go({ cols: next.join(",") })}
            />
          </>
        )}
      </div>
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
      {list.error ? (
        <ProblemBox error={list.error} retry={() => list.refetch()} />
      ) : !list.isPending && rows.length === 0 ? (
        <Empty
          object={object}
          filtered={filtered}
          parts={parts}
          search={q}
          onClear={clear}
          onNew={rights?.create ? () => setCreating(true) : undefined}
        />
      ) : phone ? (
        <PhoneRows object={object} fields={fields} rows={rows} loading={list.isPending} onEnd={more} />
      ) : (
        <Table
          object={object}
          fields={fields}
          rows={rows}
          total={total}
          density={density}
          sort={sort}
          loading={list.isPending}
          dimmed={isPlaceholderData}
          chosen={chosen}
          stale={(row) =>
            stays.stale(String(row[stage?.key ?? ""] ?? ""), Number(row.days_in_stage ?? 0)) &&
            stage?.options?.find((one) => one.key === row[stage.key])?.kind === "open"
          }
          onSort={(next) => go({ sort: next })}
          onChoose={choose}
          onOpen={(row) => navigate({ to: "/o/$object/$id", params: { object: object.key, id: row.id } })}
          onSave={(row, values) => save(row, values)}
          onEnd={more}
          onShown={shownRows}
        />
      )}
      {chosen.size > 0 && (
        <BulkBar
          object={object}
          choice={choice}
          count={everything ? total : chosen.size}
          sum={sum}
          total={total}
          onAll={!q && chosen.size === rows.length && !everything ? () => setEverything(true) : undefined}
          onClear={() => choose(new Set())}
        />
      )}
      <Foot
        object={object}
        measures={measures}
        totals={totals.data?.rows[0]}
        asOf={totals.data?.as_of}
        range={phone ? [1, rows.length] : range}
      />
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
    </>
  );
}
