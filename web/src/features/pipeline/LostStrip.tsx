import { useDroppable } from "@dnd-kit/core";
import { useTranslation } from "react-i18next";
import type { OptionDef } from "@/shared/api/types";
import { label } from "@/shared/format/format";

/** The lost records folded to a strip: a place to drop on, a click opens it. */
export function LostStrip({
  stage,
  count,
  dragging,
  onOpen,
}: {
  stage: OptionDef;
  count: number;
  dragging: boolean;
  onOpen: () => void;
}) {
  const { t, i18n } = useTranslation();
  const drop = useDroppable({ id: stage.key });
  const name = label(stage.labels, i18n.language);
  return (
    <button
      ref={drop.setNodeRef}
      type="button"
      className={`plain lost-strip${drop.isOver ? " over" : ""}${dragging ? " wide" : ""}`}
      aria-label={t("board.showLost", { name })}
      onClick={onOpen}
    >
      <span>{name}</span>
      <span className="meta">{count}</span>
    </button>
  );
}
