import { Dropdown } from "antd";
import { Eye, EyeOff, X } from "lucide-react";
import { useTranslation } from "react-i18next";
import type { OptionDef } from "@/shared/api/types";
import { label } from "@/shared/format/format";
import design from "@/theme/theme.json";
import { keyFrom } from "./api";
import { Rows } from "./Rows";

/** A key for a new option: from its English label, else a number of its own. Stable once stored. */
export function optionKey(
  option: { key?: string; labels: { zh: string; en: string } },
  taken: Set<string>,
): string {
  if (option.key) return option.key;
  const wanted = keyFrom(option.labels.en) || "option";
  let key = wanted;
  for (let place = 2; taken.has(key); place += 1) key = `${wanted}_${place}`;
  return key;
}

const COLOURS = design.light.echarts.categorical;

interface Props {
  options: OptionDef[];
  /** How many records hold each option; unknown for a field that is not made yet. */
  counts?: Record<string, number>;
  onChange: (options: OptionDef[]) => void;
}

/** Options with both names and a colour. Old ones keep their key, so renaming breaks no filter; used ones are put to rest. */
export function OptionsEditor({ options, counts, onChange }: Props) {
  const { t, i18n } = useTranslation();
  return (
    <Rows
      items={options}
      onChange={onChange}
      name={(place, language) => t(language === "zh" ? "build.optionZh" : "build.optionEn", { place })}
      addText={t("build.addOption")}
      fresh={() => ({ key: "", labels: { zh: "", en: "" }, active: true })}
      before={(option, set) => (
        <Dropdown
          trigger={["click"]}
          menu={{
            items: [undefined, ...COLOURS].map((colour, place) => ({
              key: colour ?? "none",
              label: (
                <span className="row">
                  <i className="dot" style={{ background: colour ?? "var(--line-strong)" }} />
                  {colour ? t("build.colour", { place }) : t("build.noColour")}
                </span>
              ),
              onClick: () => set({ color: colour ?? null }),
            })),
          }}
        >
          <button
            type="button"
            className="plain icon"
            aria-label={t("build.colourOf", { name: label(option.labels, i18n.language) })}
          >
            <i className="dot" style={{ background: option.color ?? "var(--line-strong)" }} />
          </button>
        </Dropdown>
      )}
      after={(option, set, drop) => {
        const held = option.key ? counts?.[option.key] : 0;
        const name = label(option.labels, i18n.language);
        if (!held && held !== undefined)
          return (
            <button
              type="button"
              className="plain icon"
              aria-label={t("build.removeOption", { name })}
              onClick={drop}
            >
              <X size={14} />
            </button>
          );
        const rests = option.active === false;
        const Icon = rests ? EyeOff : Eye;
        return (
          <>
            {held !== undefined && <span className="meta held">{held}</span>}
            <button
              type="button"
              className="plain icon"
              aria-pressed={rests}
              aria-label={rests ? t("build.wakeOption", { name }) : t("build.restOption", { name })}
              title={held ? t("build.heldBy", { count: held }) : undefined}
              onClick={() => set({ active: rests })}
            >
              <Icon size={14} />
            </button>
          </>
        );
      }}
    />
  );
}
