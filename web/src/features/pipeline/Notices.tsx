import { Button } from "antd";
import { CircleAlert, UserRound } from "lucide-react";
import { useEffect, useRef } from "react";
import { useTranslation } from "react-i18next";
import type { FieldDef, ObjectDef, RecordData } from "@/shared/api/types";
import { label } from "@/shared/format/format";
import { useSentence } from "@/shared/Problem";
import { nameOf } from "./CardFace";
import type { Failed, Step } from "./useMoves";

function useFocus() {
  const box = useRef<HTMLElement>(null);
  useEffect(() => {
    box.current?.scrollIntoView({ block: "nearest" });
    box.current?.querySelector("button")?.focus({ preventScroll: true });
  }, []);
  return box;
}

/** A move that did not get through: the card is back, with why and another try. */
export function MoveFailed({
  object,
  failed,
  onRetry,
  onClose,
}: {
  object: ObjectDef;
  failed: Failed;
  onRetry: () => void;
  onClose: () => void;
}) {
  const { t } = useTranslation();
  const sentence = useSentence();
  const box = useFocus();
  const name = nameOf(object, failed.record);
  return (
    <section
      ref={box}
      className="refusal"
      role="alertdialog"
      aria-label={t("board.failed", { name })}
      onKeyDown={(event) => event.key === "Escape" && onClose()}
    >
      <header className="why">
        <p className="row bad strong">
          <CircleAlert size={14} aria-hidden="true" /> {t("board.failed", { name })}
        </p>
      </header>
      <div className="body">
        <p className="dense">{sentence(failed.problem)}</p>
        <div className="row">
          <Button type="primary" size="small" className="grow" onClick={onRetry}>
            {t("error.retry")}
          </Button>
          <Button size="small" onClick={onClose}>
            {t("board.putBack")}
          </Button>
        </div>
        <p className="meta">{t("board.notSaved")}</p>
      </div>
    </section>
  );
}

/** Somebody moved the same card first: where to, and whether one's own move still stands. */
export function MoveConflict({
  object,
  group,
  conflict,
  onInsist,
  onAccept,
}: {
  object: ObjectDef;
  group: FieldDef;
  conflict: Step & { latest: RecordData; who: string };
  onInsist: () => void;
  onAccept: () => void;
}) {
  const { t, i18n } = useTranslation();
  const box = useFocus();
  const now = group.options?.find((one) => one.key === conflict.latest[group.key]);
  const there = label(now?.labels, i18n.language) || t("board.unset");
  const mine = label(conflict.stage.labels, i18n.language);
  const heading = t("board.faster", { who: conflict.who || t("board.somebody"), stage: there });
  return (
    <section
      ref={box}
      className="refusal conflict"
      role="alertdialog"
      aria-label={heading}
      onKeyDown={(event) => event.key === "Escape" && onAccept()}
    >
      <header className="why">
        <p className="row strong">
          <UserRound size={14} aria-hidden="true" /> {heading}
        </p>
        <p className="dense cut">{nameOf(object, conflict.record)}</p>
      </header>
      <div className="body">
        <div className="answers">
          <Button type="primary" size="small" onClick={onAccept}>
            {t("board.leaveThere", { stage: there })}
          </Button>
          <Button size="small" onClick={onInsist}>
            {t("board.moveAnyway", { stage: mine })}
          </Button>
        </div>
        <p className="meta">{t("board.notSaved")}</p>
      </div>
    </section>
  );
}
