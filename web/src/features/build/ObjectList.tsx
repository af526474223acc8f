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
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Button, Dropdown } from "antd";
import { Ellipsis, GripVertical, Plus } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { iconOf } from "@/app/icons";
import { api } from "@/shared/api/client";
import { label, number } from "@/shared/format/format";
import { useSentence } from "@/shared/Problem";
import { usePhone } from "@/shared/useMedia";
import { type Designed, type RetiredObject, useDesigner } from "./api";
import { NewObject } from "./NewObject";

type Counts = Record<string, { records: number | null; fields: number }>;

interface Props {
  objects: Designed[];
  retired: RetiredObject[];
  onOpen: (key: string) => void;
}

/** All objects in the order of the navigation, with how much is in them; dragged into another order, or moved by menu. */
export function ObjectList({ objects, retired, onOpen }: Props) {
  const { t } = useTranslation();
  const send = useDesigner();
  const sentence = useSentence();
  const small = usePhone();
  const [making, setMaking] = useState(false);
  const [order, setOrder] = useState<string[] | null>(null);
  const [error, setError] = useState<unknown>(null);
  const counts = useQuery({
    queryKey: ["design-counts"],
    queryFn: async () => (await api<{ objects: Counts }>("/design/counts")).objects,
  });
  const sensors = useSensors(
    useSensor(MouseSensor, { activationConstraint: { distance: 5 } }),
    useSensor(TouchSensor, { activationConstraint: { delay: 220, tolerance: 8 } }),
    useSensor(KeyboardSensor, { coordinateGetter: sortableKeyboardCoordinates }),
  );
  const keys = order ?? objects.map((one) => one.key);
  const shown = keys.flatMap((key) => objects.find((one) => one.key === key) ?? []);
  const move = async (from: number, to: number) => {
    if (to < 0 || to >= keys.length) return;
    const next = arrayMove(keys, from, to);
    setOrder(next);
    setError(null);
    try {
      await send("/objects", "PUT", { order: next });
    } catch (problem) {
      setError(problem);
    }
    setOrder(null);
  };
  return (
    <>
      <div className="page-bar">
        <h1>{t("build.objects")}</h1>
        <span className="chip-plain">{t("build.objectCount", { count: objects.length })}</span>
        <span className="grow" />
        <Button type="primary" icon={<Plus size={15} />} disabled={small} onClick={() => setMaking(true)}>
          {t("build.newObject")}
        </Button>
      </div>
      {small && <p className="small-only meta">{t("build.smallScreen")}</p>}
      <div className="object-body listed">
        {shown.length === 0 && <p className="empty">{t("build.noObjects")}</p>}
        {shown.length > 0 && (
          <div className="object-head row meta">
            <span className="grow">{t("build.object")}</span>
            <span className="num col">{t("build.fieldsHead")}</span>
            <span className="num col">{t("build.recordsHead")}</span>
            <span className="end" />
          </div>
        )}
        {error !== null && (
          <p className="bad dense" role="alert">
            {sentence(error)}
          </p>
        )}
        <DndContext
          sensors={sensors}
          collisionDetection={closestCenter}
          onDragEnd={({ active, over }) => {
            if (over && over.id !== active.id)
              void move(keys.indexOf(String(active.id)), keys.indexOf(String(over.id)));
          }}
        >
          <SortableContext items={keys} strategy={verticalListSortingStrategy}>
            {shown.map((object, place) => (
              <Line
                key={object.key}
                object={object}
                counts={counts.data?.[object.key]}
                onOpen={() => onOpen(object.key)}
                up={place > 0 && !small ? () => move(place, place - 1) : undefined}
                down={place < shown.length - 1 && !small ? () => move(place, place + 1) : undefined}
              />
            ))}
          </SortableContext>
        </DndContext>
        <Retired objects={retired} />
      </div>
      {making && (
        <NewObject
          onClose={() => setMaking(false)}
          onMade={(key) => {
            setMaking(false);
            onOpen(key);
          }}
        />
      )}
    </>
  );
}

interface LineProps {
  object: Designed;
  counts: { records: number | null; fields: number } | undefined;
  onOpen: () => void;
  up?: () => void;
  down?: () => void;
}

function Line({ object, counts, onOpen, up, down }: LineProps) {
  const { t, i18n } = useTranslation();
  const name = label(object.labels, i18n.language);
  const { setNodeRef, setActivatorNodeRef, listeners, attributes, transform, transition, isDragging } =
    useSortable({
      id: object.key,
    });
  const Icon = iconOf(object.icon);
  return (
    <div
      ref={setNodeRef}
      className={isDragging ? "line row lifted" : "line row"}
      style={{ transform: CSS.Transform.toString(transform), transition }}
    >
      <button
        ref={setActivatorNodeRef}
        type="button"
        className="plain grip"
        {...attributes}
        {...listeners}
        aria-label={t("build.dragRow", { name })}
      >
        <GripVertical size={14} />
      </button>
      <Icon size={16} strokeWidth={1.7} />
      <Link to="/build/objects" search={{ object: object.key }} className="name cut grow">
        {name}
      </Link>
      <code className="cut">{object.key}</code>
      <span className="num col">{counts ? number(counts.fields) : ""}</span>
      <span className="num col">
        {counts ? (counts.records === null ? "—" : number(counts.records)) : ""}
      </span>
      <Dropdown
        trigger={["click"]}
        menu={{
          items: [
            { key: "open", label: t("build.shape"), onClick: onOpen },
            { key: "up", label: t("build.moveUp"), disabled: !up, onClick: up },
            { key: "down", label: t("build.moveDown"), disabled: !down, onClick: down },
            {
              key: "settings",
              label: (
                <Link to="/build/objects" search={{ object: object.key, tab: "object" }}>
                  {t("build.renameOrRetire")}
                </Link>
              ),
            },
          ],
        }}
      >
        <button type="button" className="plain icon end" aria-label={t("build.objectMenu", { name })}>
          <Ellipsis size={15} />
        </button>
      </Dropdown>
    </div>
  );
}

function Retired({ objects }: { objects: RetiredObject[] }) {
  const { t, i18n } = useTranslation();
  const send = useDesigner();
  if (objects.length === 0) return null;
  return (
    <section aria-label={t("build.retiredObjects")}>
      <h3 className="meta">{t("build.retiredObjects")}</h3>
      {objects.map((one) => (
        <div key={one.key} className="line row away">
          <span className="name cut grow">{label(one.labels, i18n.language)}</span>
          <code className="cut">{one.key}</code>
          <Button size="small" onClick={() => send(`/objects/${one.key}/restore`, "POST")}>
            {t("build.restore")}
          </Button>
        </div>
      ))}
    </section>
  );
}
