import { theme as antd, type ThemeConfig } from "antd";
import design from "./theme.json";

export type Mode = "light" | "dark";

/** Set the design's custom properties on the document, so that plain CSS and antd share one palette. */
export function applyMode(mode: Mode): void {
  const root = document.documentElement;
  root.dataset.mode = mode;
  root.style.colorScheme = mode;
  for (const [name, value] of Object.entries(design[mode].css)) root.style.setProperty(`--${name}`, value);
  const stage = design[mode].stage;
  stage.open.forEach((colour, place) => {
    root.style.setProperty(`--stage-${place}`, colour);
  });
  for (const [place, colour] of design[mode].echarts.categorical.entries())
    root.style.setProperty(`--cat-${place + 1}`, colour);
  for (const name of ["won", "lost", "rest"] as const) root.style.setProperty(`--stage-${name}`, stage[name]);
}

/** antd's theme for a mode. */
export function antdTheme(mode: Mode, english: boolean): ThemeConfig {
  const side = design[mode];
  return {
    algorithm: mode === "dark" ? antd.darkAlgorithm : antd.defaultAlgorithm,
    token: { ...side.token, fontFamily: english ? design.type.stackTextEn : design.type.stackText },
    components: side.components as ThemeConfig["components"],
  };
}

export const charts = (mode: Mode) => design[mode].echarts;
