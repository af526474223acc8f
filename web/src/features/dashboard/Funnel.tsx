import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { number } from "@/shared/format/format";
import type { Bar } from "./bars";

interface Props {
  object: string;
  bars: Bar[];
  format: (value: number) => string;
  best: string | undefined;
}

/** Deals by stage as horizontal bars from zero; count and share beside them. The whole line opens its records. */
export function Funnel({ object, bars, format, best }: Props) {
  const { t } = useTranslation();
  const most = Math.max(1e-9, ...bars.map((bar) => bar.value));
  const open = bars.filter((bar) => bar.tone !== "good").reduce((sum, bar) => sum + bar.value, 0);
  return (
    <div className="funnel">
      <div className="funnel-head meta">
        <span />
        <span>{t("dash.inStage")}</span>
        <span className="num">{t("dash.count")}</span>
        <span className="num">{t("dash.share")}</span>
      </div>
      {bars.map((bar) => {
        const share = bar.value / most;
        return (
          <Link
            key={bar.key}
            to="/o/$object"
            params={{ object }}
            search={{ filter: bar.filter }}
            className={bar.key === best ? "funnel-line best" : "funnel-line"}
          >
            <span className="cut">{bar.text}</span>
            <span className="track">
              <i className={bar.tone === "good" ? "won" : ""} style={{ width: `${share * 100}%` }}>
                {share > 0.22 && format(bar.value)}
              </i>
              {share <= 0.22 && <span className="beside">{format(bar.value)}</span>}
            </span>
            <span className="num">{number(bar.count)}</span>
            <span className="num">
              {bar.tone === "good" || !open ? "" : `${((bar.value / open) * 100).toFixed(0)}%`}
            </span>
          </Link>
        );
      })}
    </div>
  );
}
