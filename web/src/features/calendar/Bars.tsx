import { Button, Segmented, Select } from "antd";
import { ChevronLeft, ChevronRight } from "lucide-react";
import { useTranslation } from "react-i18next";
import { FilterChips } from "@/features/records/FilterBar";
import { SwitchBoard } from "@/features/records/SwitchBoard";
import { useUsers } from "@/shared/api/queries";
import type { ObjectDef } from "@/shared/api/types";
import { isZh, label } from "@/shared/format/format";
import { MODES, type Mode, monday, type Source, turned } from "./model";
import { Legend, Sources } from "./Sources";

/** What the address of the calendar holds. */
export interface CalendarAddress {
  mode?: string;
  date?: string;
  who?: string;
  off?: string;
  object?: string;
  filter?: unknown;
}

interface Props {
  objects: ObjectDef[];
  object: ObjectDef | undefined;
  sources: Source[];
  mode: Mode;
  date: string;
  today: string;
  who: string;
  filter: unknown;
  hidden: string[];
  phone: boolean;
  go: (next: Partial<CalendarAddress>) => unknown;
}

/** Which days, whose, of what: the two bars over the days. */
export function Bars(props: Props) {
  const { objects, object, sources, mode, date, today, who, filter, hidden, phone, go } = props;
  const { t, i18n } = useTranslation();
  const locale = i18n.language;
  const users = useUsers();
  const title = new Intl.DateTimeFormat(isZh(locale) ? "zh-CN" : "en-US", {
    timeZone: "UTC",
    year: "numeric",
    month: "long",
  }).format(new Date(`${mode === "week" ? monday(date) : date}T00:00:00Z`));
  return (
    <>
      <div className="page-bar calendar-bar">
        <h1>{t("calendar.title")}</h1>
        <span className="row when">
          <button
            type="button"
            className="plain icon"
            aria-label={t("calendar.earlier")}
            onClick={() => go({ date: turned(mode, date, -1) })}
          >
            <ChevronLeft size={16} />
          </button>
          <b aria-live="polite">{title}</b>
          <button
            type="button"
            className="plain icon"
            aria-label={t("calendar.later")}
            onClick={() => go({ date: turned(mode, date, 1) })}
          >
            <ChevronRight size={16} />
          </button>
          <Button size="small" disabled={date === today} onClick={() => go({ date: undefined })}>
            {t("calendar.today")}
          </Button>
        </span>
        <span className="grow" />
        {object && <SwitchBoard object={object} filter={filter} here="calendar" />}
        {!phone && (
          <Segmented
            size="small"
            aria-label={t("calendar.mode")}
            value={mode}
            options={MODES.map((one) => ({ value: one, label: t(`calendar.mode_${one}`) }))}
            onChange={(next) => go({ mode: next })}
          />
        )}
      </div>
      <div className="sub-bar list-bar">
        <Select
          size="small"
          aria-label={t("calendar.whose")}
          value={who}
          popupMatchSelectWidth={false}
          showSearch={{ optionFilterProp: "label" }}
          options={[
            { value: "me", label: t("calendar.mine") },
            { value: "team", label: t("calendar.team") },
            { value: "all", label: t("calendar.everyone") },
            ...(users.data ?? []).map((one) => ({ value: one.id, label: one.name })),
          ]}
          onChange={(next) => go({ who: next === "me" ? undefined : next })}
        />
        {object ? (
          <>
            <Button size="small" onClick={() => go({ object: undefined, filter: undefined })}>
              {label(object.plural, locale)} ×
            </Button>
            <FilterChips object={object} filter={filter} onChange={(next) => go({ filter: next })} />
          </>
        ) : null}
        <Legend
          objects={objects}
          sources={sources}
          hidden={hidden}
          onHide={(next) => go({ off: next.join(",") || undefined })}
        />
        <span className="grow" />
        <Sources objects={objects} sources={sources} />
      </div>
    </>
  );
}
