import { useVirtualizer } from "@tanstack/react-virtual";
import { Checkbox } from "antd";
import { useEffect, useMemo, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import type { FieldDef, ObjectDef, RecordData } from "@/shared/api/types";
import { label } from "@/shared/format/format";
import { useKeys } from "@/shared/keys/useKeys";
import { accountOf, Cell, editableHere, NameCell, type Saving } from "./Cell";
import { templateOf } from "./columns";
import { type Density, ROWS } from "./listState";
import type { Values } from "./model";
import { TALLEST } from "./rows";
import { TableHead } from "./TableHead";
import { useTiers } from "./useTiers";

interface Props {
  object: ObjectDef;
  fields: FieldDef[];
  /** The row at a place; undefined while it is being fetched. */
  at: (place: number) => RecordData | undefined;
  total: number;
  density: Density;
  sort: string;
  widths: Record<string, number>;
  loading: boolean;
  dimmed: boolean;
  chosen: Map<string, RecordData>;
  /** Told apart from its value only: scrolling begins anew with another list. */
  listKey: string;
  stale: (record: RecordData) => boolean;
  onSort: (column: string) => void;
  onMove: (columns: string[]) => void;
  onWidths: (widths: Record<string, number>) => void;
  onChoose: (chosen: Map<string, RecordData>) => void;
  onChooseAll: () => void;
  onOpen: (record: RecordData) => void;
  onIntent: (record: RecordData) => void;
  onPeek: (record: RecordData) => void;
  onSave: (record: RecordData, values: Values) => Promise<Saving>;
  onShown: (first: number, last: number) => void;
}

/** The rows of a list: only those in sight are drawn and fetched, and the scrollbar has the length of all of them. */
export function Table(props: Props) {
  const { object, fields, at: rowAt, density, chosen, onChoose, onShown } = props;
  const { t, i18n } = useTranslation();
  const box = useRef<HTMLDivElement>(null);
  const [at, setAt] = useState(-1);
  const [column, setColumn] = useState(-1);
  const [editing, setEditing] = useState(false);
  const [sizing, setSizing] = useState<Record<string, number>>();
  const lastTick = useRef(-1);
  const height = ROWS[density];
  const count = Math.min(props.total, Math.floor(TALLEST / height));
  const virtual = useVirtualizer({
    count,
    getScrollElement: () => box.current,
    estimateSize: () => height,
    overscan: 8,
  });
  // biome-ignore lint/correctness/useExhaustiveDependencies: the rows are measured again when their height changes
  useEffect(() => virtual.measure(), [height, virtual]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another list begins at its top
  useEffect(() => {
    box.current?.scrollTo({ top: 0 });
    setAt(-1);
    setColumn(-1);
    setEditing(false);
  }, [props.listKey]);
  const items = virtual.getVirtualItems();
  const top = Math.floor((virtual.scrollOffset ?? 0) / height);
  const fits = Math.max(1, Math.round(((virtual.scrollRect?.height ?? 0) - 38) / height));
  useEffect(() => onShown(top, Math.min(count, top + fits) - 1), [top, fits, count, onShown]);

  const drawn = items.flatMap((item) => rowAt(item.index) ?? []);
  const linked = fields.find((field) => field.target === "account" && field.type === "relation");
  const ids = linked ? drawn.flatMap((row) => accountOf(linked, row) ?? []).join(",") : "";
  const tiers = useTiers(useMemo(() => (ids ? ids.split(",") : []), [ids]));
  const widths = sizing ?? props.widths;
  const { template, width } = templateOf(fields, i18n.language, widths);
  const step = (by: number) => {
    const next = Math.min(Math.max(at + by, 0), count - 1);
    const row = rowAt(next);
    if (!row) return;
    setAt(next);
    setColumn(-1);
    props.onIntent(row);
    virtual.scrollToIndex(next);
    requestAnimationFrame(() => document.getElementById(`row-${row.id}`)?.focus({ preventScroll: true }));
  };
  const tick = (place: number, through = false) => {
    const next = new Map(chosen);
    const row = rowAt(place);
    if (!row) return;
    const on = !next.has(row.id);
    const from = through && lastTick.current >= 0 ? lastTick.current : place;
    for (let one = Math.min(from, place); one <= Math.max(from, place); one += 1) {
      const there = rowAt(one);
      if (there && on) next.set(there.id, there);
      else if (there) next.delete(there.id);
    }
    lastTick.current = place;
    onChoose(next);
  };
  /** The cell beside, above or below; with `edit` the next one that can be edited. */
  const go = (right: number, down: number, edit = false) => {
    let next = column + right;
    const field = () => fields[next];
    while (edit && field() && !editableHere(field() as FieldDef)) next += right;
    const found = field();
    setEditing(edit && next > 0 && found !== undefined);
    if (next < 1 || !found) return;
    setColumn(next);
    if (down) {
      const row = Math.min(Math.max(at + down, 0), count - 1);
      setAt(row);
      virtual.scrollToIndex(row);
    }
  };
  const here = () => (at >= 0 ? rowAt(at) : undefined);
  useKeys({
    j: () => step(1),
    k: () => step(-1),
    x: () => tick(at),
    o: () => here() && props.onOpen(here() as RecordData),
    " ": () => here() && props.onPeek(here() as RecordData),
    Escape: () => (column >= 0 ? setColumn(-1) : onChoose(new Map())),
  });
  const size = (key: string, wanted: number | null) => {
    const next = { ...widths };
    if (wanted === null) delete next[key];
    else next[key] = wanted;
    setSizing(next);
    latest.current = next;
  };
  const latest = useRef<Record<string, number>>(undefined);
  return (
    <div className={`table ${density}${props.dimmed ? " dimmed" : ""}`} ref={box}>
      <div
        style={{ minWidth: width }}
        role="table"
        aria-label={label(object.plural, i18n.language)}
        aria-rowcount={props.total + 1}
        aria-busy={props.loading || props.dimmed}
      >
        <TableHead
          fields={fields}
          template={template}
          sort={props.sort}
          ticked={chosen.size === 0 ? false : chosen.size >= props.total ? true : "some"}
          onTick={(all) => (all ? props.onChooseAll() : onChoose(new Map()))}
          onSort={props.onSort}
          onMove={props.onMove}
          onSize={size}
          onSized={() => {
            if (latest.current) props.onWidths(latest.current);
            latest.current = undefined;
            setSizing(undefined);
          }}
        />
        <div
          role="rowgroup"
          className={props.loading ? "late-in" : undefined}
          style={{ height: props.loading ? undefined : virtual.getTotalSize(), position: "relative" }}
        >
          {props.loading &&
            Array.from({ length: 14 }, (_, place) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: nothing but places
              <Waiting key={place} place={place} {...{ template, height }} columns={fields.length} still />
            ))}
          {!props.loading &&
            items.map((item) => {
              const row = rowAt(item.index);
              if (!row)
                return (
                  <Waiting
                    key={item.key}
                    place={item.index}
                    {...{ template, height }}
                    columns={fields.length}
                    start={item.start}
                  />
                );
              const name = nameOf(object, fields[0], row);
              return (
                <div
                  key={item.key}
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
                      onChange={(event) => tick(item.index, event.nativeEvent.shiftKey)}
                    />
                  </span>
                  {fields.map((field, place) =>
                    place === 0 ? (
                      <NameCell
                        key={field.key}
                        object={object}
                        record={row}
                        name={name}
                        onIntent={() => props.onIntent(row)}
                        onFocus={() => setAt(item.index)}
                      />
                    ) : (
                      <Cell
                        key={`${row.id}.${field.key}`}
                        object={object}
                        field={field}
                        record={row}
                        tier={field === linked ? tiers.get(accountOf(field, row) ?? "") : undefined}
                        stale={props.stale(row)}
                        selected={item.index === at && place === column}
                        editing={editing && item.index === at && place === column}
                        onSelect={() => {
                          setAt(item.index);
                          setColumn(place);
                          setEditing(false);
                        }}
                        onEdit={setEditing}
                        onGo={go}
                        onSave={(values) => props.onSave(row, values)}
                      />
                    ),
                  )}
                </div>
              );
            })}
        </div>
      </div>
    </div>
  );
}

export const nameOf = (object: ObjectDef, first: FieldDef | undefined, record: RecordData): string =>
  String(record[first?.key ?? ""] ?? record[object.name_field ?? ""] ?? record.serial ?? "—");

/** A row without content yet, in its true height and columns. */
function Waiting({
  place,
  template,
  height,
  columns,
  start,
  still,
}: {
  place: number;
  template: string;
  height: number;
  columns: number;
  start?: number;
  still?: boolean;
}) {
  const transform = start === undefined ? undefined : `translateY(${start}px)`;
  return (
    <div
      className={`line waiting${still ? " still" : ""}`}
      aria-hidden="true"
      style={{ gridTemplateColumns: template, height, transform }}
    >
      <span className="cell" />
      {Array.from({ length: columns }, (_, column) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: nothing but places
        <span key={column} className="cell">
          <i style={{ width: `${45 + ((place * 7 + column * 13) % 40)}%` }} />
        </span>
      ))}
    </div>
  );
}
