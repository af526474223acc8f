import {
  closestCenter,
  DndContext,
  KeyboardSensor,
  PointerSensor,
  useSensor,
  useSensors,
} from "@dnd-kit/core";
import {
  SortableContext,
  sortableKeyboardCoordinates,
  useSortable,
  verticalListSortingStrategy,
} from "@dnd-kit/sortable";
import { CSS } from "@dnd-kit/utilities";
import { Button, Checkbox, Input, Popover } from "antd";
import { ArrowDown, ArrowUp, Columns3, GripVertical } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { FieldDef, ObjectDef } from "@/shared/api/types";
import { label } from "@/shared/format/format";
import { moved } from "./model";

function Chosen({
  field,
  fixed,
  onRemove,
  onStep,
}: {
  field: FieldDef;
  fixed: boolean;
  onRemove: () => void;
  onStep: (by: number) => void;
}) {
  const { t, i18n } = useTranslation();
  const sort = useSortable({ id: field.key, disabled: fixed });
  const name = label(field.labels, i18n.language);
  return (
    <li
      ref={sort.setNodeRef}
      style={{ transform: CSS.Translate.toString(sort.transform), transition: sort.transition }}
    >
      <Checkbox checked disabled={fixed} onChange={onRemove} className="grow">
        {name}
      </Checkbox>
      {!fixed && (
        <>
          <button
            type="button"
            className="plain"
            aria-label={t("list.columnUp", { name })}
            onClick={() => onStep(-1)}
          >
            <ArrowUp size={13} />
          </button>
          <button
            type="button"
            className="plain"
            aria-label={t("list.columnDown", { name })}
            onClick={() => onStep(1)}
          >
            <ArrowDown size={13} />
          </button>
          <button
            type="button"
            className="plain grip"
            {...sort.attributes}
            {...sort.listeners}
            aria-label={t("list.columnDrag", { name })}
          >
            <GripVertical size={13} />
          </button>
        </>
      )}
    </li>
  );
}

/** Which columns a list shows and in which order: by dragging, by buttons, by keyboard. The name stays first. */
export function ColumnsMenu({
  object,
  columns,
  onChange,
}: {
  object: ObjectDef;
  columns: string[];
  onChange: (columns: string[]) => void;
}) {
  const { t, i18n } = useTranslation();
  const [wanted, setWanted] = useState("");
  const sensors = useSensors(
    useSensor(PointerSensor, { activationConstraint: { distance: 4 } }),
    useSensor(KeyboardSensor, { coordinateGetter: sortableKeyboardCoordinates }),
  );
  const chosen = columns.flatMap((key) => object.fields.find((field) => field.key === key) ?? []);
  const others = object.fields.filter(
    (field) =>
      !columns.includes(field.key) &&
      field.type !== "line_items" &&
      label(field.labels, i18n.language).toLowerCase().includes(wanted.toLowerCase()),
  );
  const step = (key: string, by: number) => {
    const from = columns.indexOf(key);
    const to = Math.min(Math.max(from + by, 1), columns.length - 1);
    if (from !== to) onChange(moved(columns, from, to));
  };
  const content = (
    <div className="columns-menu">
      <DndContext
        sensors={sensors}
        collisionDetection={closestCenter}
        onDragEnd={({ active, over }) => {
          if (!over) return;
          step(String(active.id), columns.indexOf(String(over.id)) - columns.indexOf(String(active.id)));
        }}
      >
        <SortableContext items={columns} strategy={verticalListSortingStrategy}>
          <ul>
            {chosen.map((field, place) => (
              <Chosen
                key={field.key}
                field={field}
                fixed={place === 0}
                onRemove={() => onChange(columns.filter((one) => one !== field.key))}
                onStep={(by) => step(field.key, by)}
              />
            ))}
          </ul>
        </SortableContext>
      </DndContext>
      <Input
        size="small"
        aria-label={t("list.findField")}
        placeholder={t("list.findField")}
        value={wanted}
        onChange={(event) => setWanted(event.target.value)}
      />
      <ul>
        {others.map((field) => (
          <li key={field.key}>
            <Checkbox checked={false} onChange={() => onChange([...columns, field.key])}>
              {label(field.labels, i18n.language)}
            </Checkbox>
          </li>
        ))}
      </ul>
    </div>
  );
  return (
    <Popover trigger="click" placement="bottomRight" content={content}>
      <Button type="text" size="small" icon={<Columns3 size={14} />}>
        {t("list.columns", { count: columns.length })}
      </Button>
    </Popover>
  );
}
