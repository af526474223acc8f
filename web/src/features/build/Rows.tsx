import {
  closestCenter,
  DndContext,
  KeyboardSensor,
  MouseSensor,
  TouchSensor,
  useSensor,
  useSensors,
} from "@dnd-kit/core";
import {
  arrayMove,
  SortableContext,
  sortableKeyboardCoordinates,
  useSortable,
  verticalListSortingStrategy,
} from "@dnd-kit/sortable";
import { CSS } from "@dnd-kit/utilities";
import { Button, Input } from "antd";
import { ArrowDown, ArrowUp, GripVertical, Plus } from "lucide-react";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import type { Labels } from "@/shared/api/types";

interface Named {
  labels: Labels;
  active?: boolean;
}

interface Props<T extends Named> {
  items: T[];
  onChange: (items: T[]) => void;
  /** What "option 1" is called, with the place and the language. */
  name: (place: number, language: "zh" | "en") => string;
  addText: string;
  fresh: () => T;
  /** What stands before the names and behind them: a colour, a type, a way to put the row to rest. */
  before?: (item: T, set: (changes: Partial<T>) => void) => ReactNode;
  after?: (item: T, set: (changes: Partial<T>) => void, drop: () => void) => ReactNode;
}

/** Things with a name in both languages, in an order: dragged by their handle, with the keyboard too, or moved by buttons. */
export function Rows<T extends Named>({ items, onChange, name, addText, fresh, before, after }: Props<T>) {
  const sensors = useSensors(
    useSensor(MouseSensor, { activationConstraint: { distance: 4 } }),
    useSensor(TouchSensor, { activationConstraint: { delay: 220, tolerance: 8 } }),
    useSensor(KeyboardSensor, { coordinateGetter: sortableKeyboardCoordinates }),
  );
  const ids = items.map((_, place) => String(place + 1));
  return (
    <DndContext
      sensors={sensors}
      collisionDetection={closestCenter}
      onDragEnd={({ active, over }) => {
        if (over && over.id !== active.id)
          onChange(arrayMove(items, Number(active.id) - 1, Number(over.id) - 1));
      }}
    >
      <SortableContext items={ids} strategy={verticalListSortingStrategy}>
        <div className="options">
          {items.map((item, place) => {
            const set = (changes: Partial<T>) =>
              onChange(items.map((one, at) => (at === place ? { ...one, ...changes } : one)));
            const drop = () => onChange(items.filter((_, at) => at !== place));
            return (
              <Row
                key={ids[place]}
                id={ids[place] ?? ""}
                away={item.active === false}
                up={place > 0 ? () => onChange(arrayMove(items, place, place - 1)) : undefined}
                down={
                  place < items.length - 1 ? () => onChange(arrayMove(items, place, place + 1)) : undefined
                }
                title={name(place + 1, "zh")}
              >
                {before?.(item, set)}
                <Input
                  size="small"
                  aria-label={name(place + 1, "zh")}
                  value={item.labels.zh}
                  onChange={(event) =>
                    set({ labels: { ...item.labels, zh: event.target.value } } as Partial<T>)
                  }
                />
                <Input
                  size="small"
                  aria-label={name(place + 1, "en")}
                  value={item.labels.en}
                  onChange={(event) =>
                    set({ labels: { ...item.labels, en: event.target.value } } as Partial<T>)
                  }
                />
                {after?.(item, set, drop)}
              </Row>
            );
          })}
          <Button
            type="text"
            size="small"
            icon={<Plus size={14} />}
            onClick={() => onChange([...items, fresh()])}
          >
            {addText}
          </Button>
        </div>
      </SortableContext>
    </DndContext>
  );
}

interface RowProps {
  id: string;
  away: boolean;
  title: string;
  up?: () => void;
  down?: () => void;
  children: ReactNode;
}

function Row({ id, away, title, up, down, children }: RowProps) {
  const { t } = useTranslation();
  const { setNodeRef, setActivatorNodeRef, listeners, attributes, transform, transition } = useSortable({
    id,
  });
  return (
    <div
      ref={setNodeRef}
      className={away ? "row away" : "row"}
      style={{ transform: CSS.Transform.toString(transform), transition }}
    >
      <button
        ref={setActivatorNodeRef}
        type="button"
        className="plain grip"
        {...attributes}
        {...listeners}
        aria-label={t("build.dragRow", { name: title })}
      >
        <GripVertical size={13} />
      </button>
      {children}
      <button type="button" className="plain icon" aria-label={t("build.moveUp")} disabled={!up} onClick={up}>
        <ArrowUp size={13} />
      </button>
      <button
        type="button"
        className="plain icon"
        aria-label={t("build.moveDown")}
        disabled={!down}
        onClick={down}
      >
        <ArrowDown size={13} />
      </button>
    </div>
  );
}
