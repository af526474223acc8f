import { useVirtualizer } from "@tanstack/react-virtual";
import { Checkbox } from "antd";
import { ArrowDown, ArrowUp } from "lucide-react";
import { useEffect, useMemo, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { useMe } from "@/shared/api/queries";
import type { FieldDef, ObjectDef, RecordData } from "@/shared/api/types";
import { isNumeric } from "@/shared/fields/FieldValue";
import { label } from "@/shared/format/format";
import { useKeys } from "@/shared/keys/useKeys";
import { accountOf, Cell, NameCell } from "./Cell";
import { templateOf } from "./columns";
import { type Density, ROWS } from "./listState";
import type { Values } from "./model";
import { useTiers } from "./useTiers";

interface Props {
  object: ObjectDef;
  fields: FieldDef[];
  rows: RecordData[];
  total: number;
  density: Density;
  sort: string;
  loading: boolean;
  dimmed: boolean;
  chosen: Set<string>;
  stale: (record: RecordData) => boolean;
  onSort: (column: string) => void;
  onChoose: (chosen: Set<string>) => void;
  onOpen: (record: RecordData) => void;
  onSave: (record: RecordData, values: Values) => Promise<unknown>;
  onEnd: () => void;
  onShown: (first: number, last: number) => void;
}

const SORTABLE = (field: FieldDef) => Boolean(field.kind) && field.config.live !== true;

/** The rows of a list: only those in sight are drawn, more are fetched before the end is reached. */
export function Table(props: Props) {
  const { object, fields, rows, density, sort, chosen, onChoose, onEnd, onShown } = props;
  const { t, i18n } = useTranslation();
  const me = useMe();
  const box = useRef<HTMLDivElement>(null);
  const [at, setAt] = useState(-1);
  const [cell, setCell] = useState<string>();
  const height = ROWS[density];
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => box.current,
    estimateSize: () => height,
    overscan: 10,
    scrollMargin: 0,
  });
  // biome-ignore lint/correctness/useExhaustiveDependencies: the rows are measured again when their height changes
  useEffect(() => virtual.measure(), [height, virtual]);
  const items = virtual.getVirtualItems();
  const last = items.at(-1)?.index ?? 0;
  useEffect(() => {
    if (last > rows.length - 40) onEnd();
  }, [last, rows.length, onEnd]);
  const top = Math.floor((virtual.scrollOffset ?? 0) / height);
  const fits = Math.max(1, Math.round(((virtual.scrollRect?.height ?? 0) - 38) / height));
  useEffect(() => onShown(top + 1, Math.min(rows.length, top + fits)), [top, fits, rows.length, onShown]);

  const linked = fields.find((field) => field.target === "account" && field.type === "relation");
  const tiers = useTiers(
    useMemo(() => (linked ? rows.flatMap((row) => accountOf(linked, row) ?? []) : []), [linked, rows]),
  );
  const names = fields.map((field) => label(field.labels, i18n.language));
  const { template, width } = templateOf(fields, i18n.language);
  const step = (by: number) => {
    const next = Math.min(Math.max(at + by, 0), rows.length - 1);
    const row = rows[next];
    if (!row) return;
    setAt(next);
    setCell(undefined);
    virtual.scrollToIndex(next);
    requestAnimationFrame(() => document.getElementById(`row-${row.id}`)?.focus({ preventScroll: true }));
  };
  const tick = (id: string) => {
    const next = new Set(chosen);
    if (!next.delete(id)) next.add(id);
    onChoose(next);
  };
  useKeys({
    j: () => step(1),
    k: () => step(-1),
    x: () => rows[at] && tick(rows[at].id),
    o: () => rows[at] && props.onOpen(rows[at]),
    Escape: () => (cell ? setCell(undefined) : onChoose(new Set())),
  });
  const sorted = sort.replace(/^-/, "").split(",")[0];
  const down = sort.startsWith("-");
  const money =
    i18n.language === "en"
      ? me.data?.workspace.currency
      : me.data?.workspace.currency === "CNY"
        ? "元"
        : me.data?.workspace.currency;
  return (
    <div className={`table ${density}${props.dimmed ? " dimmed" : ""}`} ref={box}>
      <div
        style={{ minWidth: width }}
        role="table"
        aria-label={label(object.plural, i18n.language)}
        aria-rowcount={props.total + 1}
        aria-busy={props.loading}
      >
        <div className="head" role="row" style={{ gridTemplateColumns: template }}>
          <span className="cell tick" role="columnheader">
            <Checkbox
              aria-label={t("list.selectAll")}
              indeterminate={chosen.size > 0 && chosen.size < rows.length}
              checked={rows.length > 0 && chosen.size >= rows.length}
              onChange={(event) =>
                onChoose(event.target.checked ? new Set(rows.map((row) => row.id)) : new Set())
              }
            />
          </span>
          {fields.map((field, place) => (
            <div
              key={field.key}
              role="columnheader"
              aria-sort={sorted === field.key ? (down ? "descending" : "ascending") : undefined}
              className={`cell${isNumeric(field) ? " num" : ""}${place === 0 ? " first" : ""}`}
            >
              <button
                type="button"
                className="plain row cut"
                disabled={!SORTABLE(field)}
                title={SORTABLE(field) ? t("list.sortBy", { name: names[place] }) : undefined}
                onClick={() => props.onSort(sorted === field.key && !down ? `-${field.key}` : field.key)}
              >
                <span className="cut">
                  {names[place]}
                  {isMoney(field) && ` (${money})`}
                </span>
                {sorted === field.key && (down ? <ArrowDown size={12} /> : <ArrowUp size={12} />)}
              </button>
            </div>
          ))}
        </div>
        {props.loading ? (
          <SkeletonRows template={template} height={height} columns={fields.length} />
        ) : (
          <div role="rowgroup" style={{ height: virtual.getTotalSize(), position: "relative" }}>
            {items.map((item) => {
              const row = rows[item.index];
              if (!row) return null;
              const name = nameOf(object, fields[0], row);
              return (
                <div
                  key={row.id}
                  role="row"
                  aria-rowindex={item.index + 2}
                  aria-selected={chosen.has(row.id)}
                  className={`line${chosen.has(row.id) ? " selected" : ""}${item.index === at ? " at" : ""}`}
                  style={{ gridTemplateColumns: template, height, transform: `translateY(${item.start}px)` }}
                >
                  <span className="cell tick" role="cell">
                    <Checkbox
                      aria-label={t("list.selectRow", { name })}
                      checked={chosen.has(row.id)}
                      onChange={() => tick(row.id)}
                    />
                  </span>
                  {fields.map((field, place) =>
                    place === 0 ? (
                      <NameCell key={field.key} object={object} record={row} name={name} />
                    ) : (
                      <Cell
                        key={field.key}
                        object={object}
                        field={field}
                        record={row}
                        tier={field === linked ? tiers.get(accountOf(field, row) ?? "") : undefined}
                        stale={props.stale(row)}
                        selected={cell === `${row.id}.${field.key}`}
                        onSelect={() => {
                          setAt(item.index);
                          setCell(`${row.id}.${field.key}`);
                        }}
                        onSave={(values) => props.onSave(row, values)}
                      />
                    ),
                  )}
                </div>
              );
            })}
          </div>
        )}
      </div>
    </div>
  );
}

const isMoney = (field: FieldDef) =>
  field.type === "money" || (["formula", "roll_up"].includes(field.type) && field.config.result === "money");

export const nameOf = (object: ObjectDef, first: FieldDef | undefined, record: RecordData): string =>
  String(record[first?.key ?? ""] ?? record[object.name_field ?? ""] ?? record.serial ?? "—");

/** Rows without content yet, in their true height and columns. */
function SkeletonRows({ template, height, columns }: { template: string; height: number; columns: number }) {
  return (
    <div className="late-in" aria-hidden="true">
      {Array.from({ length: 14 }, (_, row) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: nothing but places
        <div key={row} className="line still" style={{ gridTemplateColumns: template, height }}>
          <span className="cell" />
          {Array.from({ length: columns }, (_, place) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: nothing but places
            <span key={place} className="cell">
              <i style={{ width: `${45 + ((row * 7 + place * 13) % 40)}%` }} />
            </span>
          ))}
        </div>
      ))}
    </div>
  );
}
