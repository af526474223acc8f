import {
  type CollisionDetection,
  DndContext,
  type DragEndEvent,
  type DragOverEvent,
  DragOverlay,
  type DragStartEvent,
  MeasuringStrategy,
  MouseSensor,
  pointerWithin,
  TouchSensor,
  useSensor,
  useSensors,
} from "@dnd-kit/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { RecordData } from "@/shared/api/types";
import { label } from "@/shared/format/format";
import type { Designed } from "./api";
import { Canvas } from "./Canvas";
import type { Drafted, Operation } from "./draft";
import { newName } from "./draft";
import { typeInfo } from "./fieldTypes";
import { freshSpec } from "./fresh";
import { Palette } from "./Palette";
import { moveSection, type Place, placeOf, put } from "./places";

/** What is being dragged: a type of field, a field, or a section. */
export type Dragged = { kind: "type" | "field" | "section"; key: string };

interface Props {
  object: Designed;
  drafted: Drafted;
  operations: Operation[];
  record: RecordData | undefined;
  chosen: string | undefined;
  /** How each field is hidden from roles, in words. */
  hiddenFrom: (field: string) => string | undefined;
  phone: boolean;
  onChoose: (key: string | undefined) => void;
  push: (...more: Operation[]) => void;
}

// The innermost thing under the pointer counts: a tile before the section it stands in.
const innermost: CollisionDetection = (given) => {
  const hits = pointerWithin(given);
  const rank = (id: string) =>
    id.startsWith("here") ? 0 : id.startsWith("tile:") ? 1 : id.startsWith("end:") ? 2 : 3;
  return [...hits].sort((a, b) => rank(String(a.id)) - rank(String(b.id)));
};

/** The palette at the left and the form with a real record in it: fields and sections are dragged from one to the other. */
export function LayoutTab({
  object,
  drafted,
  operations,
  record,
  chosen,
  hiddenFrom,
  phone,
  onChoose,
  push,
}: Props) {
  const { t, i18n } = useTranslation();
  const [dragged, setDragged] = useState<Dragged | null>(null);
  const [place, setPlace] = useState<Place | null>(null);
  const [told, setTold] = useState("");
  const sensors = useSensors(
    useSensor(MouseSensor, { activationConstraint: { distance: 5 } }),
    useSensor(TouchSensor, { activationConstraint: { delay: 220, tolerance: 8 } }),
  );
  const { sections, fields } = drafted;
  const nameOf = (one: Dragged): string => {
    if (one.kind === "type") return t(`build.types.${one.key}`);
    if (one.kind === "section") return label(sections.find((s) => s.key === one.key)?.labels, i18n.language);
    return label(fields.find((field) => field.key === one.key)?.labels, i18n.language);
  };
  const land = (key: string, at: Place) => {
    const name = label(sections.find((one) => one.key === at.section)?.labels, i18n.language);
    setTold(t("build.landed", { field: nameOf({ kind: "field", key }), section: name }));
    push({ op: "layout", sections: put(sections, key, at) });
  };
  /** A new field of a type, behind the chosen one or at the end of the last section. */
  const add = (type: string, at?: Place) => {
    const behind = chosen ? placeOf(sections, chosen) : undefined;
    const last = sections[sections.length - 1];
    const to = at ??
      (behind && { ...behind, index: behind.index + 1 }) ?? {
        section: last?.key ?? "",
        index: last?.fields.length ?? 0,
      };
    const name = newName(operations);
    push({ op: "add", name, field: freshSpec(type) }, { op: "layout", sections: put(sections, name, to) });
    onChoose(name);
  };
  const onStart = ({ active }: DragStartEvent) => setDragged(active.data.current as Dragged);
  const onOver = ({ over }: DragOverEvent) => {
    const at = over?.data.current as (Place & { kind: string }) | undefined;
    if (!at) return;
    if (at.kind === "here") return;
    if (at.kind === "section" && place?.section === at.section && dragged?.kind !== "section") return;
    setPlace({ section: at.section, index: at.index });
  };
  const stop = () => {
    setDragged(null);
    setPlace(null);
  };
  const onEnd = ({ over }: DragEndEvent) => {
    const [what, at] = [dragged, over ? place : null];
    stop();
    if (!what || !at) return;
    if (what.kind === "type") add(what.key, at);
    else if (what.kind === "field") land(what.key, at);
    else {
      const index = sections.findIndex((one) => one.key === at.section);
      push({ op: "layout", sections: moveSection(sections, what.key, at.index > 0 ? index + 1 : index) });
    }
  };
  return (
    <DndContext
      sensors={sensors}
      collisionDetection={innermost}
      // the place that opens while dragging moves everything behind it
      measuring={{ droppable: { strategy: MeasuringStrategy.Always } }}
      onDragStart={onStart}
      onDragOver={onOver}
      onDragEnd={onEnd}
      onDragCancel={stop}
    >
      <Palette
        unplaced={drafted.unplaced}
        onAdd={add}
        onPlace={(key) => {
          const behind = chosen ? placeOf(sections, chosen) : undefined;
          const last = sections[sections.length - 1];
          if (!last) return;
          land(
            key,
            behind
              ? { ...behind, index: behind.index + 1 }
              : { section: last.key, index: last.fields.length },
          );
          onChoose(key);
        }}
      />
      <Canvas
        object={object}
        drafted={drafted}
        record={record}
        chosen={chosen}
        dragged={dragged}
        place={place}
        placeName={dragged ? nameOf(dragged) : ""}
        hiddenFrom={hiddenFrom}
        phone={phone}
        onChoose={onChoose}
        push={push}
      />
      <DragOverlay dropAnimation={null}>
        {dragged && (
          <Carried
            dragged={dragged}
            name={nameOf(dragged)}
            type={fields.find((one) => one.key === dragged.key)?.type}
          />
        )}
      </DragOverlay>
      <p className="spoken" role="status">
        {told}
      </p>
    </DndContext>
  );
}

function Carried({ dragged, name, type }: { dragged: Dragged; name: string; type: string | undefined }) {
  const Icon = typeInfo(dragged.kind === "type" ? dragged.key : (type ?? "")).icon;
  return (
    <div className="carried row">
      {dragged.kind !== "section" && <Icon size={14} strokeWidth={1.7} />}
      <span className="cut">{name}</span>
    </div>
  );
}
