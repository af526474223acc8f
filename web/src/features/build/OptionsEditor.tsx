import { Button, Input } from "antd";
import { ArrowDown, ArrowUp, Plus, X } from "lucide-react";
import { useTranslation } from "react-i18next";
import type { OptionDef } from "@/shared/api/types";
import { keyFrom } from "./api";

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

/** Options with both labels. Old ones keep their key, so renaming breaks no filter; used ones can only be put away. */
export function OptionsEditor({
  options,
  onChange,
}: {
  options: OptionDef[];
  onChange: (options: OptionDef[]) => void;
}) {
  const { t } = useTranslation();
  const set = (place: number, changes: Partial<OptionDef>) =>
    onChange(options.map((one, at) => (at === place ? { ...one, ...changes } : one)));
  const move = (place: number, by: number) => {
    const next = [...options];
    const [one] = next.splice(place, 1);
    if (one) next.splice(place + by, 0, one);
    onChange(next);
  };
  return (
    <div className="options">
      {options.map((option, place) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a new option has no key until it is stored
        <div key={place} className={option.active === false ? "row away" : "row"}>
          <Input
            size="small"
            aria-label={t("build.optionZh", { place: place + 1 })}
            placeholder={t("build.zhShort")}
            value={option.labels.zh}
            onChange={(event) => set(place, { labels: { ...option.labels, zh: event.target.value } })}
          />
          <Input
            size="small"
            aria-label={t("build.optionEn", { place: place + 1 })}
            placeholder="English"
            value={option.labels.en}
            onChange={(event) => set(place, { labels: { ...option.labels, en: event.target.value } })}
          />
          <button
            type="button"
            className="plain icon"
            aria-label={t("build.moveUp")}
            disabled={place === 0}
            onClick={() => move(place, -1)}
          >
            <ArrowUp size={14} />
          </button>
          <button
            type="button"
            className="plain icon"
            aria-label={t("build.moveDown")}
            disabled={place === options.length - 1}
            onClick={() => move(place, 1)}
          >
            <ArrowDown size={14} />
          </button>
          <button
            type="button"
            className="plain icon"
            aria-label={t("build.removeOption", { name: option.labels.zh || option.labels.en })}
            onClick={() => onChange(options.filter((_, at) => at !== place))}
          >
            <X size={14} />
          </button>
        </div>
      ))}
      <Button
        type="text"
        size="small"
        icon={<Plus size={14} />}
        onClick={() => onChange([...options, { key: "", labels: { zh: "", en: "" }, active: true }])}
      >
        {t("build.addOption")}
      </Button>
    </div>
  );
}
