import { DndContext, PointerSensor, useSensor, useSensors } from "@dnd-kit/core";
import { horizontalListSortingStrategy, SortableContext, useSortable } from "@dnd-kit/sortable";
import { Checkbox } from "antd";
import { ArrowDown, ArrowUp } from "lucide-react";
import type { PointerEvent as ReactPointerEvent } from "react";
import { useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { useMe } from "@/shared/api/queries";
import type { FieldDef } from "@/shared/api/types";
import { isNumeric } from "@/shared/fields/FieldValue";
import { label } from "@/shared/format/format";
import { moved } from "./model";

const SORTABLE = (field: FieldDef) => Boolean(field.kind) && field.config.live !== true;
const isMoney = (field: FieldDef) =>
  field.type === "money" || (["formula", "roll_up"].includes(field.type) && field.config.result === "money");
const LEAST = 56;
const STEP = 16;

/** The edge of a column: dragged, or moved by the arrow keys; a double click or Enter gives it back its own width. */
function Edge({
  name,
  onSize,
  onEnd,
}: {
  name: string;
  onSize: (width: number | null) => void;
  onEnd: () => void;
}) {
  const { t } = useTranslation();
  const from = useRef<{ x: number; width: number }>(undefined);
  const widthOf = (target: Element) => target.parentElement?.getBoundingClientRect().width ?? 0;
  const sized = (width: number) => onSize(Math.round(Math.min(Math.max(width, LEAST), 1200)));
  const begin = (event: ReactPointerEvent<HTMLElement>) => {
    event.preventDefault();
    event.stopPropagation();
    event.currentTarget.setPointerCapture(event.pointerId);
    from.current = { x: event.clientX, width: widthOf(event.currentTarget) };
  };
  return (
    <button
      type="button"
      className="edge"
      aria-label={t("list.resize", { name })}
      title={t("list.resizeHint")}
      onPointerDown={begin}
      onPointerMove={(event) => {
        if (from.current) sized(from.current.width + event.clientX - from.current.x);
      }}
      onPointerUp={() => {
        if (from.current) onEnd();
        from.current = undefined;
      }}
      onDoubleClick={() => {
        onSize(null);
        onEnd();
      }}
      onKeyDown={(event) => {
        const by = event.key === "ArrowRight" ? STEP : event.key === "ArrowLeft" ? -STEP : 0;
        if (event.key === "Enter") onSize(null);
        else if (by) sized(widthOf(event.currentTarget) + by);
        else return;
        event.preventDefault();
        event.stopPropagation();
        onEnd();
      }}
    />
  );
}

function Head({
  field,
  fixed,
  sort,
  unit,
  onSort,
  onStep,
  onSize,
  onEnd,
}: {
  field: FieldDef;
  fixed: boolean;
  sort: string;
  unit?: string;
  onSort: (sort: string) => void;
  onStep: (by: number) => void;
  onSize: (width: number | null) => void;
  onEnd: () => void;
}) {
  const { t, i18n } = useTranslation();
  const { setNodeRef, transform, transition, isDragging, listeners } = useSortable({
    id: field.key,
    disabled: fixed,
  });
  const name = label(field.labels, i18n.language);
  const sorted = sort.replace(/^-/, "").split(",")[0] === field.key;
  const down = sort.startsWith("-");
  const may = SORTABLE(field);
  return (
    <div
      ref={setNodeRef}
      role="columnheader"
      aria-sort={sorted ? (down ? "descending" : "ascending") : undefined}
      className={`cell${isNumeric(field) ? " num" : ""}${fixed ? " first" : ""}${isDragging ? " dragged" : ""}`}
      style={transform ? { transform: `translateX(${transform.x}px)`, transition } : undefined}
    >
      <button
        type="button"
        className="plain row cut"
        aria-disabled={!may}
        title={may ? t("list.sortBy", { name }) : undefined}
        {...listeners}
        onClick={() => may && onSort(sorted && !down ? `-${field.key}` : field.key)}
        onKeyDown={(event) => {
          if (!event.altKey || fixed || (event.key !== "ArrowLeft" && event.key !== "ArrowRight")) return;
          event.preventDefault();
          onStep(event.key === "ArrowLeft" ? -1 : 1);
        }}
      >
        <span className="cut">
          {name}
          {unit && ` (${unit})`}
        </span>
        {sorted && (down ? <ArrowDown size={12} /> : <ArrowUp size={12} />)}
      </button>
      <Edge name={name} onSize={onSize} onEnd={onEnd} />
    </div>
  );
}

/** The header: a click sorts, dragging moves a column, its edge changes its width. Alt and arrows move it by keyboard. */
export function TableHead({
  fields,
  template,
  sort,
  ticked,
  onTick,
  onSort,
  onMove,
  onSize,
  onSized,
}: {
  fields: FieldDef[];
  template: string;
  sort: string;
  ticked: boolean | "some";
  onTick: (all: boolean) => void;
  onSort: (sort: string) => void;
  onMove: (columns: string[]) => void;
  onSize: (key: string, width: number | null) => void;
  onSized: () => void;
}) {
  const { t, i18n } = useTranslation();
  const me = useMe();
  const sensors = useSensors(useSensor(PointerSensor, { activationConstraint: { distance: 6 } }));
  const [said, setSaid] = useState("");
  const currency = me.data?.workspace.currency;
  const unit = i18n.language !== "en" && currency === "CNY" ? "元" : currency;
  const keys = fields.map((field) => field.key);
  const move = (key: string, to: number) => {
    const from = keys.indexOf(key);
    const place = Math.min(Math.max(to, 1), keys.length - 1);
    if (from < 1 || from === place) return;
    onMove(moved(keys, from, place));
    const name = fields[from] ? label(fields[from].labels, i18n.language) : "";
    setSaid(t("list.movedColumn", { name, place: place + 1, count: keys.length }));
  };
  return (
    <div className="head" role="row" style={{ gridTemplateColumns: template }}>
      <span className="cell tick" role="columnheader">
        <Checkbox
          aria-label={t("list.selectAll")}
          indeterminate={ticked === "some"}
          checked={ticked === true}
          onChange={(event) => onTick(event.target.checked)}
        />
      </span>
      <DndContext
        sensors={sensors}
        onDragEnd={({ active, over }) => over && move(String(active.id), keys.indexOf(String(over.id)))}
      >
        <SortableContext items={keys} strategy={horizontalListSortingStrategy}>
          {fields.map((field, place) => (
            <Head
              key={field.key}
              field={field}
              fixed={place === 0}
              sort={sort}
              unit={isMoney(field) ? unit : undefined}
              onSort={onSort}
              onStep={(by) => move(field.key, place + by)}
              onSize={(width) => onSize(field.key, width)}
              onEnd={onSized}
            />
          ))}
        </SortableContext>
      </DndContext>
      <span className="hidden-text" role="status">
        {said}
      </span>
    </div>
  );
}
