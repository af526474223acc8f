import { useQueryClient } from "@tanstack/react-query";
import { App, Button, Checkbox, Popover } from "antd";
import { Layers } from "lucide-react";
import { useTranslation } from "react-i18next";
import { api } from "@/shared/api/client";
import { useMe } from "@/shared/api/queries";
import type { ObjectDef } from "@/shared/api/types";
import { label } from "@/shared/format/format";
import { useSentence } from "@/shared/Problem";
import { Dot } from "./Entry";
import type { Source } from "./model";

interface Given {
  field: string;
  color?: string;
}
const givenOf = (object: ObjectDef) => ((object.config as { calendar?: Given[] }).calendar ?? []) as Given[];

/** Which dates the calendar shows at all, chosen by those who design. */
export function Sources({ objects, sources }: { objects: ObjectDef[]; sources: Source[] }) {
  const { t, i18n } = useTranslation();
  const { message } = App.useApp();
  const sentence = useSentence();
  const queries = useQueryClient();
  const designs = useMe().data?.rights.design;
  const locale = i18n.language;
  const turn = async (object: ObjectDef, field: string) => {
    const now = givenOf(object);
    const is = now.some((one) => one.field === field);
    const color = String((sources.length % 8) + 1);
    const calendar = is ? now.filter((one) => one.field !== field) : [...now, { field, color }];
    try {
      await api(`/objects/${object.key}`, { method: "PATCH", body: { config: { calendar } } });
      await Promise.all(["objects", "days"].map((name) => queries.invalidateQueries({ queryKey: [name] })));
    } catch (problem) {
      message.error(sentence(problem));
    }
  };
  const offered = objects.flatMap((object) =>
    object.fields
      .filter((field) => ["date", "datetime"].includes(field.type) && !field.system && !field.computed)
      .map((field) => ({ object, field })),
  );
  if (!designs) return null;
  return (
    <Popover
      trigger="click"
      placement="bottomRight"
      content={
        <div className="sources">
          <p className="meta">{t("calendar.sourcesHint")}</p>
          {offered.map(({ object, field }) => (
            <Checkbox
              key={`${object.key}.${field.key}`}
              checked={givenOf(object).some((one) => one.field === field.key)}
              onChange={() => turn(object, field.key)}
            >
              {label(object.labels, locale)} · {label(field.labels, locale)}
            </Checkbox>
          ))}
        </div>
      }
    >
      <Button type="text" size="small" icon={<Layers size={14} />}>
        {t("calendar.sources")}
      </Button>
    </Popover>
  );
}

/** The sources as a legend; a click folds one away or brings it back. */
export function Legend({
  objects,
  sources,
  hidden,
  onHide,
}: {
  objects: ObjectDef[];
  sources: Source[];
  hidden: string[];
  onHide: (keys: string[]) => void;
}) {
  const { t, i18n } = useTranslation();
  return (
    <div className="legend" role="group" aria-label={t("calendar.shown")}>
      {sources.map((source) => {
        const off = hidden.includes(source.key);
        const object = objects.find((one) => one.key === source.object);
        return (
          <button
            key={source.key}
            type="button"
            className={`plain${off ? " off" : ""}`}
            aria-pressed={!off}
            onClick={() => onHide(off ? hidden.filter((one) => one !== source.key) : [...hidden, source.key])}
          >
            <Dot color={source.color} />
            {label(object?.labels, i18n.language)} · {label(source.labels, i18n.language)}
          </button>
        );
      })}
    </div>
  );
}
