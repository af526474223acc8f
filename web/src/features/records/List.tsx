import "./list.css";
import { useInfiniteQuery, useQueryClient } from "@tanstack/react-query";
import { Link, useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { useVirtualizer } from "@tanstack/react-virtual";
import { App, Button, Checkbox, Dropdown, Skeleton } from "antd";
import { ArrowDown, ArrowUp, Columns3, Download, Plus, Trash2, X } from "lucide-react";
import { useMemo, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { API, api, query } from "@/shared/api/client";
import { useAggregate, useMe, useObject, useViews } from "@/shared/api/queries";
import type { ObjectDef, RecordData } from "@/shared/api/types";
import { FieldValue, isNumeric } from "@/shared/fields/FieldValue";
import { label, money } from "@/shared/format/format";
import { ProblemBox, useSentence } from "@/shared/Problem";
import { AddFilter, Chip, SearchBox, useWords } from "./FilterBar";
import { filterOf, leavesOf } from "./filters";
import { RecordForm } from "./RecordForm";

const ROW = 38;

export function ListPage() {
  const { object: key } = useParams({ strict: false }) as { object: string };
  const object = useObject(key);
  if (!object) return null;
  return <List key={key} object={object} />;
}

function columnsOf(object: ObjectDef): string[] {
  const known = new Set(object.fields.map((field) => field.key));
  const wanted =
    object.config.list ?? object.fields.filter((field) => field.on_form).map((field) => field.key);
  const found = wanted.filter((column) => known.has(column)).slice(0, 10);
  const name = object.name_field ?? "serial";
  return [name, ...found.filter((column) => column !== name)];
}

const WIDE = ["text", "relation", "long_text", "email", "url"];

function List({ object }: { object: ObjectDef }) {
  const { t, i18n } = useTranslation();
  const { message, modal } = App.useApp();
  const locale = i18n.language;
  const search = useSearch({ strict: false }) as {
    view?: string;
    filter?: unknown;
    sort?: string;
    q?: string;
  };
  const navigate = useNavigate();
  const queries = useQueryClient();
  const me = useMe();
  const views = useViews(object.key);
  const [columns, setColumns] = useState(() => columnsOf(object));
  const [creating, setCreating] = useState(false);
  const [chosen, setChosen] = useState<Set<string>>(new Set());
  const words = useWords(object);
  const sentence = useSentence();
  const box = useRef<HTMLDivElement>(null);

  const view =
    views.data?.find((one) => one.id === search.view) ??
    (search.view || search.filter ? undefined : views.data?.find((one) => one.default));
  const filter = search.filter ?? (search.view === "all" ? undefined : view?.filter);
  const sort = search.sort ?? view?.sort ?? "-created_at";
  const go = (next: Partial<typeof search>) =>
    navigate({ to: "/o/$object", params: { object: object.key }, search: { ...search, ...next } });

  const readable = columns.filter((one) => object.fields.some((field) => field.key === one));
  const params = { filter, sort, search: search.q, fields: readable.join(","), limit: 100 };
  const list = useInfiniteQuery({
    queryKey: ["list", object.key, params],
    enabled: views.isFetched,
    queryFn: ({ pageParam }) =>
      api<{ records: RecordData[]; next: string | null }>(
        `/records/${object.key}${query({ ...params, cursor: pageParam })}`,
      ),
    initialPageParam: "",
    getNextPageParam: (last) => last.next,
    placeholderData: (before) => before,
  });
  const sumField = object.fields.find((field) => field.type === "money" && readable.includes(field.key));
  const totals = useAggregate(
    object.key,
    {
      filter: filter ?? {},
      measures: [{ op: "count" }, ...(sumField ? [{ op: "sum", field: sumField.key }] : [])],
    },
    views.isFetched,
  );
  const rows = useMemo(() => list.data?.pages.flatMap((page) => page.records) ?? [], [list.data]);
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => box.current,
    estimateSize: () => ROW,
    overscan: 12,
    onChange: (instance) => {
      const last = instance.getVirtualItems().at(-1);
      if (last && last.index > rows.length - 30 && list.hasNextPage && !list.isFetchingNextPage)
        void list.fetchNextPage();
    },
  });

  const leaves = leavesOf(filter);
  const rights = me.data?.objects[object.key];
  const template = `40px ${readable
    .map((one, place) => {
      const field = object.fields.find((each) => each.key === one);
      return place === 0
        ? "minmax(180px, 2fr)"
        : WIDE.includes(field?.type ?? "")
          ? "minmax(130px, 1.3fr)"
          : "minmax(110px, 1fr)";
    })
    .join(" ")}`;
  const width = 40 + 180 + (readable.length - 1) * 118;
  const sortKey = sort.replace(/^-/, "").split(",")[0];

  const removeChosen = () =>
    modal.confirm({
      title: t("list.deleteAsk", { count: chosen.size }),
      okText: t("list.delete"),
      cancelText: t("form.cancel"),
      onOk: async () => {
        try {
          const done = await api<{ changed?: number; done?: number }>(`/records/${object.key}/bulk`, {
            body: { ids: [...chosen], action: "delete" },
          });
          message.success(t("list.deleted", { count: done.changed ?? chosen.size }));
          setChosen(new Set());
          await queries.invalidateQueries({ queryKey: ["list", object.key] });
          await queries.invalidateQueries({ queryKey: ["aggregate", object.key] });
        } catch (problem) {
          message.error(sentence(problem));
        }
      },
    });

  return (
    <>
      <div className="page-bar">
        <h1>{label(object.plural, locale)}</h1>
        <div className="tabs grow">
          <Link
            to="/o/$object"
            params={{ object: object.key }}
            search={{ view: "all" }}
            className={`tab${search.view === "all" || !view ? " active" : ""}`}
          >
            {t("list.all")}
          </Link>
          {views.data?.map((one) => (
            <Link
              key={one.id}
              to="/o/$object"
              params={{ object: object.key }}
              search={{ view: one.id }}
              className={`tab${view?.id === one.id ? " active" : ""}`}
            >
              {label(one.labels, locale)}
            </Link>
          ))}
        </div>
        {rights?.export && (
          <Button
            icon={<Download size={15} />}
            aria-label={t("list.export")}
            href={`${API}/records/${object.key}/export${query({ format: "xlsx", filter, sort })}`}
          />
        )}
        {rights?.create && (
          <Button type="primary" icon={<Plus size={15} />} onClick={() => setCreating(true)}>
            {t("list.new", { name: label(object.labels, locale) })}
          </Button>
        )}
      </div>
      <div className="sub-bar">
        {leaves?.map((leaf, place) => (
          <Chip
            // biome-ignore lint/suspicious/noArrayIndexKey: two conditions may be the same
            key={place}
            object={object}
            leaf={leaf}
            onRemove={() =>
              go({ filter: filterOf(leaves.filter((_, at) => at !== place)) ?? {}, view: undefined })
            }
          />
        ))}
        {leaves && (
          <AddFilter
            object={object}
            onAdd={(leaf) => go({ filter: filterOf([...leaves, leaf]), view: undefined })}
          />
        )}
        <span className="grow" />
        <SearchBox value={search.q ?? ""} onChange={(q) => go({ q: q || undefined })} />
        <Dropdown
          trigger={["click"]}
          menu={{
            multiple: true,
            selectable: true,
            selectedKeys: readable,
            style: { maxHeight: 420, overflowY: "auto" },
            items: object.fields
              .filter((field) => field.type !== "line_items")
              .map((field) => ({ key: field.key, label: label(field.labels, locale) })),
            onClick: ({ key }) =>
              setColumns(
                columns.includes(key)
                  ? columns.filter((one) => one !== key || one === columns[0])
                  : [...columns, key],
              ),
          }}
        >
          <Button type="text" size="small" icon={<Columns3 size={14} />}>
            {t("list.columns", { count: readable.length })}
          </Button>
        </Dropdown>
      </div>
      {leaves && leaves.length > 0 && (
        <div className="sentence">
          {t("list.showing")}
          {leaves.map((leaf, place) => {
            const found = words(leaf);
            return (
              // biome-ignore lint/suspicious/noArrayIndexKey: two conditions may be the same
              <span key={place}>
                {place > 0 && (locale === "en" ? ", " : "、")}
                {found.name} {found.op} <b>{found.value}</b>
              </span>
            );
          })}
          {t("list.ofObject", { name: label(object.plural, locale) })}
        </div>
      )}
      <div className="table" ref={box}>
        {list.error ? (
          <ProblemBox error={list.error} retry={() => list.refetch()} />
        ) : (
          <div style={{ minWidth: width }} role="table" aria-label={label(object.plural, locale)}>
            <div className="head" role="row" style={{ gridTemplateColumns: template }}>
              <span className="cell" role="columnheader">
                <Checkbox
                  aria-label={t("list.all")}
                  indeterminate={chosen.size > 0 && chosen.size < rows.length}
                  checked={rows.length > 0 && chosen.size === rows.length}
                  onChange={(event) =>
                    setChosen(event.target.checked ? new Set(rows.map((row) => row.id)) : new Set())
                  }
                />
              </span>
              {readable.map((one) => {
                const field = object.fields.find((each) => each.key === one);
                if (!field) return null;
                const down = sort.startsWith("-");
                return (
                  <button
                    type="button"
                    role="columnheader"
                    key={one}
                    className={`plain cell${isNumeric(field) ? " num" : ""}`}
                    disabled={!field.kind}
                    onClick={() => go({ sort: sortKey === one && !down ? `-${one}` : one })}
                  >
                    {label(field.labels, locale)}
                    {field.type === "money" && (
                      <span>({locale === "en" ? me.data?.workspace.currency : "元"})</span>
                    )}
                    {sortKey === one && (down ? <ArrowDown size={12} /> : <ArrowUp size={12} />)}
                  </button>
                );
              })}
            </div>
            {list.isPending ? (
              <Skeleton active paragraph={{ rows: 12 }} title={false} style={{ padding: 12 }} />
            ) : rows.length === 0 ? (
              <div className="empty">
                <p>
                  {leaves?.length || search.q
                    ? t("list.nothing")
                    : t("list.empty", { name: label(object.plural, locale) })}
                </p>
                {leaves?.length || search.q ? (
                  <Button onClick={() => go({ filter: undefined, view: "all", q: undefined })}>
                    {t("list.clear")}
                  </Button>
                ) : (
                  <p className="meta">{t("list.emptyHint")}</p>
                )}
              </div>
            ) : (
              <div style={{ height: virtual.getTotalSize(), position: "relative" }}>
                {virtual.getVirtualItems().map((item) => {
                  const row = rows[item.index];
                  if (!row) return null;
                  const name = String(row[readable[0] ?? ""] ?? row.serial ?? "—");
                  return (
                    <div
                      key={row.id}
                      role="row"
                      className={`line${chosen.has(row.id) ? " selected" : ""}`}
                      style={{
                        gridTemplateColumns: template,
                        height: ROW,
                        transform: `translateY(${item.start}px)`,
                      }}
                    >
                      <span className="cell" role="cell">
                        <Checkbox
                          aria-label={t("list.selectRow", { name })}
                          checked={chosen.has(row.id)}
                          onChange={() => {
                            const next = new Set(chosen);
                            if (!next.delete(row.id)) next.add(row.id);
                            setChosen(next);
                          }}
                        />
                      </span>
                      {readable.map((one, place) => {
                        const field = object.fields.find((each) => each.key === one);
                        if (!field) return null;
                        return (
                          <span key={one} role="cell" className={`cell${isNumeric(field) ? " num" : ""}`}>
                            {place === 0 ? (
                              <Link
                                className="name"
                                to="/o/$object/$id"
                                params={{ object: object.key, id: row.id }}
                              >
                                {name}
                              </Link>
                            ) : (
                              <FieldValue field={field} record={row} plain />
                            )}
                          </span>
                        );
                      })}
                    </div>
                  );
                })}
              </div>
            )}
          </div>
        )}
      </div>
      {chosen.size > 0 && (
        <div className="bulk" role="toolbar">
          <span className="strong">{t("list.selected", { count: chosen.size })}</span>
          {rights?.bulk && rights.delete !== "none" && (
            <button type="button" className="plain row" onClick={removeChosen}>
              <Trash2 size={15} />
              {t("list.delete")}
            </button>
          )}
          <button
            type="button"
            className="plain"
            aria-label={t("list.close")}
            onClick={() => setChosen(new Set())}
          >
            <X size={15} />
          </button>
        </div>
      )}
      <div className="foot">
        <span>
          <b>{t("list.count", { count: Number(totals.data?.rows[0]?.count ?? 0) })}</b>
        </span>
        {sumField && totals.data && (
          <span>
            {t("list.sum", { name: label(sumField.labels, locale) })}{" "}
            <b>
              {money(
                totals.data.rows[0]?.[`sum_${sumField.key}`] ?? "0",
                me.data?.workspace.currency ?? "CNY",
                locale,
              )}
            </b>
          </span>
        )}
        <span className="grow" />
      </div>
      {creating && (
        <RecordForm
          object={object}
          onClose={() => setCreating(false)}
          onSaved={async (record) => {
            setCreating(false);
            await queries.invalidateQueries({ queryKey: ["list", object.key] });
            await navigate({ to: "/o/$object/$id", params: { object: object.key, id: record.id } });
          }}
        />
      )}
    </>
  );
}
