import i18n from "@/i18n";
import type { Labels } from "@/shared/api/types";

const both = (key: string): Labels => ({ zh: i18n.t(key, { lng: "zh-CN" }), en: i18n.t(key, { lng: "en" }) });

/** A text of ours in both languages, to begin a name with. */
export const bothLabels = both;

/** The settings a new field of a type begins with: named after its type until somebody names it. */
export function freshSpec(type: string): Record<string, unknown> {
  const spec: Record<string, unknown> = { type, labels: both(`build.types.${type}`) };
  if (type === "select" || type === "multi_select")
    spec.options = [1, 2].map((place) => ({
      key: `option_${place}`,
      labels: {
        zh: i18n.t("build.optionName", { lng: "zh-CN", place }),
        en: i18n.t("build.optionName", { lng: "en", place }),
      },
      active: true,
    }));
  if (type === "line_items") spec.fields = [{ labels: both("build.columnName"), type: "text" }];
  if (type === "number") spec.scale = 0;
  if (type === "formula") spec.result = "number";
  return spec;
}
