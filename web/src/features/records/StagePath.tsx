import { Button, Popover } from "antd";
import { ArrowRight, Check } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { inside, label } from "@/shared/format/format";
import { usePhone } from "@/shared/useMedia";
import { nextStage, type PathStage, type Pipeline } from "./process";

/** The stages of a deal: done ones with their days, the present one, those ahead; a click shows what one asks for. */
export function StagePath({
  stages,
  pipeline,
  median,
  busy,
  may,
  onMove,
}: {
  stages: PathStage[];
  pipeline: Pipeline | undefined;
  median: (stage: string) => number | null;
  busy: boolean;
  may: boolean;
  onMove: (stage: PathStage) => void;
}) {
  const { t, i18n } = useTranslation();
  const phone = usePhone();
  const [asked, setAsked] = useState<string>();
  const locale = i18n.language;
  const now = stages.findIndex((one) => one.state === "present");
  const present = stages[now];
  const shown = stages.filter((one) => (one.kind !== "lost" || one.state === "present") && !one.retired);
  const at = present ? shown.indexOf(present) : -1;
  const next = nextStage(stages);
  const lost = stages.find((one) => one.kind === "lost" && !one.retired);
  const middle = present ? median(present.key) : null;
  const go = (stage: PathStage) => {
    setAsked(undefined);
    onMove(stage);
  };
  const buttons = (
    <>
      {next && may && (
        <Button type="primary" loading={busy} icon={<ArrowRight size={15} />} onClick={() => go(next)}>
          {t(next.kind === "won" ? "record.markWon" : "record.advance", { name: label(next.labels, locale) })}
        </Button>
      )}
      {lost && present?.kind === "open" && may && (
        <Button onClick={() => go(lost)}>{label(lost.labels, locale)}</Button>
      )}
    </>
  );
  if (phone)
    return (
      <div className="path-phone">
        <div className={`segments ${present?.kind ?? ""}`} aria-hidden="true">
          {shown.map((stage, place) => (
            <i key={stage.key} className={place <= at ? "on" : undefined} />
          ))}
        </div>
        <p className="row dense">
          <b className="strong">{label(present?.labels, locale)}</b>
          <span className="meta">
            {t("record.place", { at: at + 1, of: shown.length })}
            {present?.kind === "open" && ` · ${t("record.hereFor", { count: Math.floor(present.days) })}`}
          </span>
        </p>
        <div className="row thumb">{buttons}</div>
      </div>
    );
  return (
    <div className="sub-bar path-bar">
      <ol className="path" aria-label={t("record.path")}>
        {shown.map((stage) => {
          const name = label(stage.labels, locale);
          const done = stage.state === "past" || stage.state === "skipped";
          const days = Math.max(0, Math.floor(stage.days));
          const hint = pipeline?.stages.find((one) => one.key === stage.key)?.hint;
          const content = (
            <div className="stage-card">
              {hint && (hint.zh || hint.en) && <p className="dense">{label(hint, locale)}</p>}
              {stage.missing.length > 0 && stage.state !== "present" && (
                <p className="dense soft">
                  {t("record.asksFor", {
                    names: stage.missing
                      .map((one) => inside(label(one.label, locale), locale))
                      .join(t("list.joint")),
                  })}
                </p>
              )}
              {stage.state === "present" ? (
                <p className="dense">{t("record.hereFor", { count: days })}</p>
              ) : (
                <Button size="small" type="primary" disabled={!may} onClick={() => go(stage)}>
                  {t("record.move", { name })}
                </Button>
              )}
            </div>
          );
          return (
            <li key={stage.key} className={stage.state === "present" ? "wide" : undefined}>
              <Popover
                trigger="click"
                open={asked === stage.key}
                onOpenChange={(open) => setAsked(open ? stage.key : undefined)}
                content={content}
                placement="bottom"
              >
                <button
                  type="button"
                  aria-current={stage.state === "present" ? "step" : undefined}
                  className={`plain ${stage.kind} ${stage.state === "present" ? "now" : done ? "done" : "later"}`}
                >
                  {done && <Check size={14} aria-hidden="true" />}
                  <span className="cut grow">{name}</span>
                  {stage.state === "past" && <small>{t("record.days", { count: days })}</small>}
                  {stage.state === "present" && stage.kind === "open" && (
                    <small>
                      {t("record.dayN", { count: days + 1 })}
                      {middle !== null && ` · ${t("record.medianDays", { count: middle })}`}
                    </small>
                  )}
                </button>
              </Popover>
            </li>
          );
        })}
      </ol>
      {buttons}
    </div>
  );
}
