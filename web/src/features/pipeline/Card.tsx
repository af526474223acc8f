import { useDraggable } from "@dnd-kit/core";
import { Dropdown } from "antd";
import { Ellipsis, GripVertical } from "lucide-react";
import { useTranslation } from "react-i18next";
import type { OptionDef } from "@/shared/api/types";
import { label } from "@/shared/format/format";
import { CardFace, type FaceProps, nameOf } from "./CardFace";

interface Props extends FaceProps {
  stages: OptionDef[];
  /** On its way, or waiting for what is missing. */
  waiting: boolean;
  may: boolean;
  place: string;
  /** Who has just brought it here. */
  moved?: string;
  onMove: (record: FaceProps["record"], stage: OptionDef) => void;
}

/** A record that can be taken to another column: dragged, by the keyboard from its grip, or from its menu. */
export function Card({ stages, waiting, may, place, moved, onMove, ...face }: Props) {
  const { object, record, group } = face;
  const { t, i18n } = useTranslation();
  const drag = useDraggable({ id: record.id, data: record, disabled: !may || waiting });
  const name = nameOf(object, record);
  const present = record[group.key] ?? "";
  const { onKeyDown, ...pointer } = (drag.listeners ?? {}) as Record<string, (event: never) => void>;
  const grip = (element: HTMLElement) => element.querySelector<HTMLElement>(".grip");
  return (
    <article
      ref={drag.setNodeRef}
      {...pointer}
      data-place={place}
      data-id={record.id}
      className={`deal${drag.isDragging || waiting ? " away" : ""}${moved ? " moved" : ""}`}
      aria-label={name}
      aria-busy={waiting}
      onKeyDown={(event) => {
        const here = grip(event.currentTarget);
        if (event.key.toLowerCase() !== "m" || !here || event.target === here) return;
        if (event.ctrlKey || event.metaKey || event.nativeEvent.isComposing) return;
        event.preventDefault();
        event.stopPropagation();
        here.focus();
        here.dispatchEvent(new KeyboardEvent("keydown", { code: "Space", key: " ", bubbles: true }));
      }}
    >
      <CardFace {...face} linked />
      {moved && <span className="meta moved-by">{moved}</span>}
      {may && (
        <span className="deal-tools">
          <button
            type="button"
            ref={drag.setActivatorNodeRef}
            className="plain grip"
            {...drag.attributes}
            onKeyDown={onKeyDown as never}
            aria-label={t("board.move", { name })}
          >
            <GripVertical size={14} />
          </button>
          <Dropdown
            trigger={["click"]}
            menu={{
              items: stages
                .filter((one) => one.key !== present)
                .map((one) => ({
                  key: one.key || "none",
                  label: `${t("board.moveTo")} ${label(one.labels, i18n.language)}`,
                  onClick: () => onMove(record, one),
                })),
            }}
          >
            <button
              type="button"
              className="plain"
              aria-label={t("board.menu", { name })}
              onPointerDown={(event) => event.stopPropagation()}
              onMouseDown={(event) => event.stopPropagation()}
              onTouchStart={(event) => event.stopPropagation()}
            >
              <Ellipsis size={14} />
            </button>
          </Dropdown>
        </span>
      )}
    </article>
  );
}
