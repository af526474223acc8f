import { Link, useNavigate } from "@tanstack/react-router";
import { Skeleton, Tooltip } from "antd";
import { ChartNoAxesColumn, Table2 } from "lucide-react";
import { lazy, type ReactNode, Suspense, useState } from "react";
import { useTranslation } from "react-i18next";
import { number } from "@/shared/format/format";
import { ProblemBox } from "@/shared/Problem";
import type { Bar } from "./bars";

const BarChart = lazy(() => import("./BarChart"));

export interface TileProps {
  title: string;
  question: string;
  unit: string;
  asOf: string;
  object: string;
  bars: Bar[];
  format: (value: number) => string;
  horizontal?: boolean;
  /** Instead of the bars: a chart of its own. */
  chart?: ReactNode;
  finding?: ReactNode;
  wide?: boolean;
  loading: boolean;
  error: unknown;
  retry: () => void;
  empty: string;
}

/** A tile: name, the question it answers, unit and time, the chart or its table, one line of finding. */
export function Tile(props: TileProps) {
  const { title, question, unit, asOf, object, bars, format, horizontal, chart, finding, empty } = props;
  const { t } = useTranslation();
  const [asTable, setTable] = useState(false);
  const navigate = useNavigate();
  const shown = bars.some((bar) => bar.count > 0);
  const Icon = asTable ? ChartNoAxesColumn : Table2;
  const open = (bar: Bar) =>
    void navigate({ to: "/o/$object", params: { object }, search: { filter: bar.filter } });
  const body = () => {
    if (props.error) return <ProblemBox error={props.error} retry={props.retry} />;
    if (props.loading) return <Skeleton active title={false} paragraph={{ rows: 6 }} />;
    if (!shown) return <p className="tile-empty">{empty}</p>;
    if (asTable) return <BarTable {...props} />;
    if (chart) return chart;
    return (
      <Suspense fallback={<div className="chart" />}>
        <BarChart bars={bars} name={title} horizontal={horizontal} format={format} onOpen={open} />
      </Suspense>
    );
  };
  return (
    <section className={props.wide ? "card tile wide" : "card tile"} aria-label={title}>
      <header>
        <h2>{title}</h2>
        <span className="meta grow end">
          {unit}
          {asOf && ` · ${asOf}`}
        </span>
        <Tooltip title={asTable ? t("dash.chart") : t("dash.table")}>
          <button
            type="button"
            className="plain icon"
            aria-label={t(asTable ? "dash.chartOf" : "dash.tableOf", { name: title })}
            onClick={() => setTable(!asTable)}
          >
            <Icon size={15} strokeWidth={1.7} />
          </button>
        </Tooltip>
      </header>
      <p className="question">{question}</p>
      <div className="tile-body">{body()}</div>
      {finding && shown && !props.error && !props.loading && <p className="finding">{finding}</p>}
    </section>
  );
}

function BarTable({ title, unit, object, bars, format }: TileProps) {
  const { t } = useTranslation();
  return (
    <table className="figures" aria-label={title}>
      <thead>
        <tr>
          <th scope="col">{t("dash.what")}</th>
          <th scope="col" className="num">
            {t("dash.count")}
          </th>
          <th scope="col" className="num">
            {unit}
          </th>
        </tr>
      </thead>
      <tbody>
        {bars.map((bar) => (
          <tr key={bar.key}>
            <th scope="row">
              <Link to="/o/$object" params={{ object }} search={{ filter: bar.filter }}>
                {bar.text}
              </Link>
            </th>
            <td className="num">{number(bar.count)}</td>
            <td className="num">{format(bar.value)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
