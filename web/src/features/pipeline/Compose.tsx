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
  SortableContext,
  sortableKeyboardCoordinates,
  useSortable,
  verticalListSortingStrategy,
} from "@dnd-kit/sortable";
import { CSS } from "@dnd-kit/utilities";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { App, Button, Drawer, Dropdown, Select } from "antd";
import { Ellipsis, GripVertical } from "lucide-react";
import { useTranslation } from "react-i18next";
import { moved } from "@/features/records/model";
import { api, query } from "@/shared/api/client";
import { useMe } from "@/shared/api/queries";
import type { ObjectDef, RecordData, View } from "@/shared/api/types";
import { label } from "@/shared/format/format";
import { useSentence } from "@/shared/Problem";
import { boardBody } from "./BoardViews";
import { CardFace } from "./CardFace";
import type { Asked } from "./cards";
import { cardFields, PLACES, stored, swapped, usualCard } from "./facts";
import { kindOf } from "./model";
import type { useBoardState } from "./useBoardState";

/** Which five facts stand on the cards: one swapped for another, put in another place; the board shows it at once. */
export function Compose({
  object,
  state,
  card,
  asked,
  onDraft,
  onClose,
}: {
  object: ObjectDef;
  state: ReturnType<typeof useBoardState>;
  card: string[];
  asked: Asked;
  onDraft: (card: string[] | null) => void;
  onClose: () => void;
}) {
  const { t, i18n } = useTranslation();
  const { message } = App.useApp();
  const sentence = useSentence();
  const queries = useQueryClient();
  const me = useMe();
  const sensors = useSensors(
    useSensor(MouseSensor, { activationConstraint: { distance: 4 } }),
    useSensor(TouchSensor, { activationConstraint: { delay: 200, tolerance: 8 } }),
    useSensor(KeyboardSensor, { coordinateGetter: sortableKeyboardCoordinates }),
  );
  const sample = useQuery({
    queryKey: ["sample", object.key],
    queryFn: async () => {
      // One that is still open: of a closed one the foot says when it was closed.
      const open = state.stages.filter((stage) => kindOf(stage) === "open").map((stage) => stage.key);
      const filter = { field: asked.group.key, op: "in", value: open };
      const path = `/records/${object.key}${query({ filter, limit: 1, sort: "-modified_at" })}` as const;
      return (await api<{ records: RecordData[] }>(path)).records[0] ?? null;
    },
  });
  const designs = me.data?.rights.design;
  const own = state.view?.own || (state.view && designs);
  const attempt = async (act: () => Promise<unknown>) => {
    try {
      await act();
      await Promise.all([
        queries.invalidateQueries({ queryKey: ["objects"] }),
        queries.invalidateQueries({ queryKey: ["views", object.key] }),
      ]);
      onClose();
    } catch (problem) {
      message.error(sentence(problem));
    }
  };
  const several = state.pipelines.length > 1 && state.pipeline;
  const forAll = () =>
    attempt(async () => {
      const cards = (object.config as { cards?: Record<string, unknown> }).cards;
      const config = several
        ? { cards: { ...cards, [state.pipeline ?? ""]: stored(card) } }
        : { card: stored(card) };
      await api(`/objects/${object.key}`, { method: "PATCH", body: { config } });
      // A view's own card would hide what was just decided for everybody.
      const { card: _, ...rest } = (state.view?.settings ?? {}) as Record<string, unknown>;
      if (own && _) await api(`/views/${state.view?.id}`, { method: "PATCH", body: { settings: rest } });
    });
  const forMe = () =>
    attempt(async () => {
      if (own) {
        await api(`/views/${state.view?.id}`, { method: "PATCH", body: boardBody(state, card) });
        return;
      }
      const labels = { zh: t("board.myBoard", { lng: "zh-CN" }), en: t("board.myBoard", { lng: "en" }) };
      const body = { ...boardBody(state, card), object: object.key, labels };
      const made = await api<View>("/views", { body });
      await state.go({ view: made.id });
    });
  const options = cardFields(object).map((field) => ({
    value: field.key,
    label: label(field.labels, i18n.language),
  }));
  const shift = (from: number, to: number) => onDraft(moved(card, from, to));
  return (
    <Drawer
      open
      size={340}
      mask={false}
      onClose={onClose}
      title={t("board.compose")}
      footer={
        <div className="compose-foot">
          <Button onClick={() => onDraft(usualCard(object))}>{t("board.usual")}</Button>
          <span className="grow" />
          <Button type={designs ? "default" : "primary"} onClick={forMe}>
            {own ? t("board.saveHere") : t("board.saveMine")}
          </Button>
          {designs && (
            <Button type="primary" onClick={forAll}>
              {t("board.saveAll")}
            </Button>
          )}
        </div>
      }
    >
      <p className="meta">{t("board.composeHint")}</p>
      <div className="compose-preview" role="group" aria-label={t("board.preview")}>
        {sample.data && (
          <div className="deal">
            <CardFace object={object} group={asked.group} card={card} record={sample.data} stale={false} />
          </div>
        )}
      </div>
      <DndContext
        sensors={sensors}
        collisionDetection={closestCenter}
        onDragEnd={({ active, over }) =>
          over && shift(PLACES.indexOf(active.id as never), PLACES.indexOf(over.id as never))
        }
      >
        <SortableContext items={[...PLACES]} strategy={verticalListSortingStrategy}>
          <ol className="compose-facts">
            {PLACES.map((place, at) => (
              <Fact
                key={place}
                id={place}
                at={at}
                value={card[at] ?? ""}
                options={options}
                onSwap={(key) => onDraft(swapped(card, at, key))}
                onShift={(to) => shift(at, to)}
              />
            ))}
          </ol>
        </SortableContext>
      </DndContext>
    </Drawer>
  );
}

function Fact({
  id,
  at,
  value,
  options,
  onSwap,
  onShift,
}: {
  id: string;
  at: number;
  value: string;
  options: { value: string; label: string }[];
  onSwap: (key: string) => void;
  onShift: (to: number) => void;
}) {
  const { t } = useTranslation();
  const drag = useSortable({ id });
  const place = t(`board.place_${id}`);
  return (
    <li
      ref={drag.setNodeRef}
      style={{ transform: CSS.Translate.toString(drag.transform), transition: drag.transition }}
    >
      <button
        type="button"
        className="plain grip"
        aria-label={t("board.moveFact", { name: place })}
        {...drag.attributes}
        {...drag.listeners}
      >
        <GripVertical size={14} />
      </button>
      <label className="meta" htmlFor={`fact-${id}`}>
        {place}
      </label>
      <Select
        id={`fact-${id}`}
        aria-label={place}
        value={value || undefined}
        allowClear
        showSearch={{ optionFilterProp: "label" }}
        placeholder={t("board.nothingHere")}
        options={options}
        onChange={(key) => onSwap(key ?? "")}
      />
      <Dropdown
        trigger={["click"]}
        menu={{
          items: [
            { key: "up", label: t("board.up"), disabled: at === 0, onClick: () => onShift(at - 1) },
            {
              key: "down",
              label: t("board.down"),
              disabled: at === PLACES.length - 1,
              onClick: () => onShift(at + 1),
            },
          ],
        }}
      >
        <button type="button" className="plain" aria-label={t("board.factMenu", { name: place })}>
          <Ellipsis size={14} />
        </button>
      </Dropdown>
    </li>
  );
}
