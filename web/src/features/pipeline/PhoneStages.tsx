import { type RefObject, useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import type { OptionDef } from "@/shared/api/types";
import { label } from "@/shared/format/format";
import { StageBar } from "@/shared/StageBar";
import type { ColumnSums } from "./sums";

/** On a phone one stage stands on the screen; this says which, and leads to the others. A swipe does the same. */
export function PhoneStages({
  columns,
  stages,
  sums,
  board,
}: {
  columns: OptionDef[];
  stages: OptionDef[];
  sums: Map<string, ColumnSums>;
  board: RefObject<HTMLDivElement | null>;
}) {
  const { t, i18n } = useTranslation();
  const [at, setAt] = useState(0);
  useEffect(() => {
    const box = board.current;
    if (!box) return;
    const turned = () => setAt(Math.round(box.scrollLeft / Math.max(1, box.clientWidth)));
    box.addEventListener("scroll", turned, { passive: true });
    return () => box.removeEventListener("scroll", turned);
  }, [board]);
  return (
    <nav className="phone-stages" aria-label={t("board.stages")}>
      {columns.map((stage, place) => (
        <button
          key={stage.key || "none"}
          type="button"
          className={`plain${place === at ? " on" : ""}`}
          aria-current={place === at}
          ref={(element) => {
            if (place === at) element?.scrollIntoView({ block: "nearest", inline: "center" });
          }}
          onClick={() =>
            board.current?.scrollTo({ left: place * board.current.clientWidth, behavior: "smooth" })
          }
        >
          {place === at && <StageBar stages={stages} value={stage.key} />}
          {label(stage.labels, i18n.language)} <span className="meta">{sums.get(stage.key)?.count ?? 0}</span>
        </button>
      ))}
    </nav>
  );
}
