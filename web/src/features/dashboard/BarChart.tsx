import { BarChart as Bars } from "echarts/charts";
import { GridComponent, TooltipComponent } from "echarts/components";
import { init, use } from "echarts/core";
import { SVGRenderer } from "echarts/renderers";
import { useEffect, useRef } from "react";
import { useTranslation } from "react-i18next";
import { useMode } from "@/app/Appearance";
import { useMe } from "@/shared/api/queries";
import { number, short } from "@/shared/format/format";
import { charts } from "@/theme/theme";

use([Bars, GridComponent, TooltipComponent, SVGRenderer]);

interface Props {
  labels: string[];
  values: number[];
  name: string;
  horizontal?: boolean;
}

/** Bars that start at zero, with direct labels; the same numbers as a table for screen readers. */
export default function BarChart({ labels, values, name, horizontal }: Props) {
  const box = useRef<HTMLDivElement>(null);
  const { mode } = useMode();
  const { i18n } = useTranslation();
  const currency = useMe().data?.workspace.currency ?? "CNY";
  const locale = i18n.language;
  const key = JSON.stringify([labels, values]);
  useEffect(() => {
    if (!box.current) return;
    const [names, figures] = JSON.parse(key) as [string[], number[]];
    const look = charts(mode);
    const chart = init(box.current, undefined, { renderer: "svg" });
    const category = {
      type: "category" as const,
      data: horizontal ? [...names].reverse() : names,
      axisLabel: { color: look.axisLabel, fontSize: 12 },
      axisLine: { lineStyle: { color: look.axisLine } },
      axisTick: { show: false },
    };
    const amount = {
      type: "value" as const,
      min: 0,
      splitNumber: 4,
      axisLabel: { color: look.axisLabel, formatter: (value: number) => short(value, locale, currency) },
      splitLine: { lineStyle: { color: look.splitLine } },
    };
    chart.setOption({
      animation: false,
      grid: { left: 8, right: 56, top: 24, bottom: 8, containLabel: true },
      tooltip: { trigger: "axis", valueFormatter: (value: unknown) => number(value) },
      xAxis: horizontal ? amount : category,
      yAxis: horizontal ? category : amount,
      series: [
        {
          type: "bar",
          name,
          data: horizontal ? [...figures].reverse() : figures,
          barMaxWidth: 28,
          itemStyle: { color: look.categorical[0], borderRadius: 3 },
          label: {
            show: true,
            position: horizontal ? "right" : "top",
            color: look.text,
            fontSize: 11,
            formatter: (one: { value: unknown }) => short(one.value, locale, currency),
          },
        },
      ],
    });
    const watch = new ResizeObserver(() => chart.resize());
    watch.observe(box.current);
    return () => {
      watch.disconnect();
      chart.dispose();
    };
  }, [key, mode, locale, currency, horizontal, name]);
  return (
    <div style={{ flex: 1, minHeight: 220, display: "flex" }}>
      <div
        ref={box}
        role="img"
        aria-label={`${name}: ${labels.map((one, at) => `${one} ${number(values[at])}`).join(", ")}`}
        style={{ flex: 1 }}
      />
    </div>
  );
}
