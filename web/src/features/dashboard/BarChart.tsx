import { BarChart as Bars } from "echarts/charts";
import { GridComponent } from "echarts/components";
import { init, use } from "echarts/core";
import { SVGRenderer } from "echarts/renderers";
import { useEffect, useRef } from "react";
import { useMode } from "@/app/Appearance";
import { charts } from "@/theme/theme";
import type { Bar } from "./bars";

use([Bars, GridComponent, SVGRenderer]);

interface Props {
  bars: Bar[];
  name: string;
  horizontal?: boolean;
  format: (value: number) => string;
  onOpen: (bar: Bar) => void;
}

/** Bars that start at zero, with direct labels. Each opens its records; the table view says the same in words. */
export default function BarChart({ bars, name, horizontal, format, onOpen }: Props) {
  const box = useRef<HTMLDivElement>(null);
  const { mode } = useMode();
  const latest = useRef({ bars, format, onOpen });
  latest.current = { bars, format, onOpen };
  const key = JSON.stringify(bars.map((bar) => [bar.text, bar.value, bar.tone, format(bar.value)]));
  // biome-ignore lint/correctness/useExhaustiveDependencies: `key` stands for all that is drawn
  useEffect(() => {
    if (!box.current) return;
    const { bars: drawn, format: say } = latest.current;
    const look = charts(mode);
    const tones = { plain: look.categorical[0], good: "", late: "", rest: look.loss };
    const style = getComputedStyle(document.documentElement);
    tones.good = style.getPropertyValue("--good").trim();
    tones.late = style.getPropertyValue("--bad").trim();
    const chart = init(box.current, undefined, { renderer: "svg" });
    const order = horizontal ? [...drawn].reverse() : drawn;
    const fontFamily = style.fontFamily;
    const category = {
      type: "category" as const,
      data: order.map((bar) => bar.text),
      axisLabel: { color: look.axisLabel, fontSize: 12, fontFamily, hideOverlap: true },
      axisLine: { lineStyle: { color: look.axisLine } },
      axisTick: { show: false },
    };
    const amount = {
      type: "value" as const,
      min: 0,
      splitNumber: 4,
      axisLabel: { color: look.axisLabel, fontSize: 12, fontFamily, formatter: say },
      splitLine: { lineStyle: { color: look.splitLine } },
    };
    chart.setOption({
      animation: false,
      grid: { left: 0, right: horizontal ? 44 : 0, top: horizontal ? 4 : 22, bottom: 0, containLabel: true },
      xAxis: horizontal ? { ...amount, show: false } : category,
      yAxis: horizontal ? { ...category, axisLine: { show: false } } : amount,
      series: [
        {
          type: "bar",
          name,
          cursor: "pointer",
          data: order.map((bar) => ({
            value: bar.value,
            itemStyle: { color: tones[bar.tone ?? "plain"], borderRadius: 3 },
          })),
          barMaxWidth: horizontal ? 22 : 30,
          label: {
            show: true,
            position: horizontal ? "right" : "top",
            color: look.text,
            fontSize: 12,
            fontFamily,
            formatter: (one: { value: unknown }) => (Number(one.value) ? say(Number(one.value)) : ""),
          },
          labelLayout: { hideOverlap: true },
        },
      ],
    });
    chart.on("click", (event) => {
      const bar = order[event.dataIndex ?? -1];
      if (bar) latest.current.onOpen(bar);
    });
    const watch = new ResizeObserver(() => chart.resize());
    watch.observe(box.current);
    return () => {
      watch.disconnect();
      chart.dispose();
    };
  }, [key, mode, horizontal, name]);
  const spoken = bars.map((bar) => `${bar.text} ${format(bar.value)}`).join(", ");
  return <div ref={box} className="chart" role="img" aria-label={`${name}: ${spoken}`} />;
}
