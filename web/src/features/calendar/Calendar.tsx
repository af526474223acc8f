import "./calendar.css";
import "@/features/records/list.css";
import "@/features/records/refusal.css";
import {
  DndContext,
  DragOverlay,
  MouseSensor,
  pointerWithin,
  TouchSensor,
  useSensor,
  useSensors,
} from "@dnd-kit/core";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { Skeleton } from "antd";
import { useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { RecordForm } from "@/features/records/RecordForm";
import { useMe, useObjects } from "@/shared/api/queries";
import type { ObjectDef } from "@/shared/api/types";
import { instantOf, isZh, label, todayIn } from "@/shared/format/format";
import { useKeys } from "@/shared/keys/useKeys";
import { ProblemBox } from "@/shared/Problem";
import { usePhone } from "@/shared/useMedia";
import { Bars, type CalendarAddress } from "./Bars";
import { Day } from "./Day";
import { Dot, Entry, NotMoved } from "./Entry";
import { byDay, daysOf, type Item, keyOf, MODES, type Mode, month, stepFrom, turned } from "./model";
import { Quick } from "./Quick";
import { spoken, useCalendar } from "./useCalendar";

const EVENING = "18:00";
const MOST: Record<Mode, number> = { month: 4, week: 30, agenda: 100 };

export function CalendarPage() {
  const objects = useObjects();
  const me = useMe();
  if (objects.error) return <ProblemBox error={objects.error} retry={() => objects.refetch()} />;
  if (!objects.data || !me.data) return <Skeleton active className="late-in" style={{ padding: 24 }} />;
  return <Calendar objects={objects.data.filter((one) => one.kind === "object")} />;
}

function Calendar({ objects }: { objects: ObjectDef[] }) {
  const { t, i18n } = useTranslation();
  const locale = i18n.language;
  const phone = usePhone();
  const navigate = useNavigate();
  const me = useMe().data;
  const address = useSearch({ strict: false }) as CalendarAddress;
  const [told, setTold] = useState("");
  const [dragged, setDragged] = useState<Item | null>(null);
  const [carried, setCarried] = useState<{ item: Item; day: string } | null>(null);
  const [adding, setAdding] = useState<string | null>(null);
  const [form, setForm] = useState<Record<string, unknown> | null>(null);
  const page = useRef<HTMLDivElement>(null);
  const zoneNow = me?.workspace.time_zone ?? "UTC";
  const today = todayIn(zoneNow);
  const wanted = MODES.find((one) => one === address.mode);
  const mode: Mode = phone ? "agenda" : (wanted ?? "month");
  const date = /^\d{4}-\d{2}-\d{2}$/.test(address.date ?? "") ? (address.date as string) : today;
  const days = daysOf(mode, date);
  const who = address.who ?? "me";
  const object = objects.find((one) => one.key === address.object);
  const asked = {
    from: days[0] as string,
    to: days.at(-1) as string,
    person: who === "all" ? undefined : who,
    object: object?.key,
    filter:
      object && address.filter && Object.keys(address.filter as object).length ? address.filter : undefined,
  };
  const { found, zone, move, refused, retry, putBack, refresh } = useCalendar(asked, setTold);
  const hidden = (address.off ?? "").split(",").filter(Boolean);
  const sources = (found.data?.sources ?? []).filter((one) => !object || one.object === object.key);
  const shown = (found.data?.items ?? []).filter(
    (item) => !hidden.includes(item.source) && (!object || item.object === object.key),
  );
  const placed = byDay(shown, zone);
  const go = (next: Partial<CalendarAddress>) =>
    navigate({ to: ".", search: (before: CalendarAddress) => ({ ...before, ...next }) } as never);
  useKeys({
    t: () => go({ date: undefined }),
    ArrowLeft: () => !document.activeElement?.closest(".entry") && go({ date: turned(mode, date, -1) }),
    ArrowRight: () => !document.activeElement?.closest(".entry") && go({ date: turned(mode, date, 1) }),
  });
  const sensors = useSensors(
    useSensor(MouseSensor, { activationConstraint: { distance: 5 } }),
    useSensor(TouchSensor, { activationConstraint: { delay: 220, tolerance: 8 } }),
  );
  const fieldOf = (item: Item) => {
    const source = sources.find((one) => one.key === item.source);
    return objects.find((one) => one.key === item.object)?.fields.find((one) => one.key === source?.field);
  };
  const may = (item: Item) => me?.objects[item.object]?.update !== "none" && fieldOf(item)?.level === "write";
  const nameOf = (item: Item) => {
    const of = label(objects.find((one) => one.key === item.object)?.labels, locale);
    return `${of} · ${label(sources.find((one) => one.key === item.source)?.labels, locale)}`;
  };
  // What a click on a day makes: the first source that is meant for it and may be made by this person.
  const maker = objects
    .filter((one) => me?.objects[one.key]?.create && (!object || one === object))
    .flatMap((one) => {
      const given = (one.config as { calendar?: { field: string; person?: string; create?: boolean }[] })
        .calendar;
      const source = Array.isArray(given) ? given.find((each) => each.create) : undefined;
      const field = one.fields.find((each) => each.key === source?.field && each.level === "write");
      return source && field ? [{ object: one, source, field }] : [];
    })[0];
  const valuesOn = (day: string): Record<string, unknown> =>
    maker
      ? {
          [maker.field.key]: maker.field.type === "date" ? day : instantOf(`${day} ${EVENING}`, zone),
          ...(maker.source.person && me
            ? { [maker.source.person]: { id: me.user.id, label: me.user.name } }
            : {}),
        }
      : {};
  const sent = (values: Record<string, unknown>) =>
    Object.fromEntries(
      Object.entries(values).map(([key, value]) => [
        key,
        value && typeof value === "object" && "id" in value ? value.id : value,
      ]),
    );
  const drop = (item: Item, day: string) => {
    setCarried(null);
    void move(item, day);
  };
  /** M takes the focused item up, arrows carry it over the days, Enter or space lets it go there, Escape puts it back. */
  const onKey = (event: React.KeyboardEvent) => {
    const element = (event.target as HTMLElement).closest<HTMLElement>("[data-item]");
    const item = shown.find((one) => keyOf(one) === element?.dataset.item);
    if (!item || event.ctrlKey || event.metaKey || event.altKey || event.nativeEvent.isComposing) return;
    const stop = () => {
      event.preventDefault();
      event.stopPropagation();
    };
    if (!carried) {
      if (event.key.toLowerCase() === "m" && may(item)) {
        stop();
        setCarried({ item, day: element?.dataset.day ?? date });
        setTold(t("calendar.picked", { name: item.title }));
      } else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
        const all = [...(page.current?.querySelectorAll<HTMLElement>(".entry-name") ?? [])];
        const next = all[all.indexOf(event.target as HTMLElement) + (event.key === "ArrowDown" ? 1 : -1)];
        if (next) {
          stop();
          next.focus();
        }
      }
      return;
    }
    const next = stepFrom(carried.day, event.key, mode);
    if (next) {
      stop();
      if (!days.includes(next)) return;
      setCarried({ ...carried, day: next });
      setTold(spoken(next, locale));
      page.current?.querySelector(`[data-drop="${next}"]`)?.scrollIntoView({ block: "nearest" });
    } else if (event.key === "Enter" || event.key === " ") {
      stop();
      drop(carried.item, carried.day);
    } else if (event.key === "Escape") {
      stop();
      setCarried(null);
      setTold(t("board.cancelled", { name: item.title }));
    }
  };
  const weekday = (day: string) =>
    new Intl.DateTimeFormat(isZh(locale) ? "zh-CN" : "en-US", { timeZone: "UTC", weekday: "short" }).format(
      new Date(`${day}T00:00:00Z`),
    );
  const visible =
    mode === "agenda"
      ? days.filter((day) => placed.has(day) || day === adding || day === today || day === carried?.day)
      : days;
  const empty = found.isSuccess && shown.length === 0;
  return (
    <>
      <Bars
        objects={objects}
        object={object}
        sources={sources}
        mode={mode}
        date={date}
        today={today}
        who={who}
        filter={address.filter}
        hidden={hidden}
        phone={phone}
        go={go}
      />
      {found.error && <ProblemBox error={found.error} retry={() => found.refetch()} />}
      {(found.data?.more.length ?? 0) > 0 && <p className="meta too-many">{t("calendar.tooMany")}</p>}
      <DndContext
        sensors={sensors}
        collisionDetection={pointerWithin}
        accessibility={{
          screenReaderInstructions: { draggable: t("calendar.instructions") },
          announcements: {
            onDragStart: () => undefined,
            onDragOver: () => undefined,
            onDragEnd: () => undefined,
            onDragCancel: () => undefined,
          },
        }}
        onDragStart={({ active }) => setDragged(active.data.current as Item)}
        onDragCancel={() => setDragged(null)}
        onDragEnd={({ over }) => {
          const item = dragged;
          setDragged(null);
          if (item && over) drop(item, String(over.id));
        }}
      >
        {/* biome-ignore lint/a11y/noStaticElementInteractions: M and arrows carry the item that has the focus */}
        <div
          ref={page}
          className={`calendar ${mode}${found.isPlaceholderData ? " dimmed" : ""}`}
          onKeyDown={onKey}
        >
          {mode !== "agenda" && (
            <div className="weekdays meta" aria-hidden="true">
              {days.slice(0, 7).map((day) => (
                <span key={day}>{weekday(day)}</span>
              ))}
            </div>
          )}
          <div className="days">
            {visible.map((day) => {
              const items = placed.get(day) ?? [];
              return (
                <Day
                  key={day}
                  day={day}
                  today={today}
                  outside={mode === "month" && month(day) !== month(date)}
                  target={carried?.day === day}
                  count={items.length}
                  most={MOST[mode]}
                  head={
                    <span className="num-left date">
                      {mode === "agenda" ? spoken(day, locale) : Number(day.slice(8))}
                      {mode === "agenda" && day === today && ` · ${t("calendar.today")}`}
                    </span>
                  }
                  onAdd={maker ? () => setAdding(day) : undefined}
                  adding={
                    adding === day &&
                    maker && (
                      <Quick
                        object={maker.object}
                        values={sent(valuesOn(day))}
                        onClose={() => setAdding(null)}
                        onMore={(values) => {
                          setAdding(null);
                          setForm({ ...values, ...valuesOn(day) });
                        }}
                        onDone={() => {
                          setAdding(null);
                          void refresh();
                        }}
                      />
                    )
                  }
                  notice={
                    refused?.day === day && (
                      <NotMoved
                        problem={refused.problem}
                        name={refused.item.title}
                        onRetry={retry}
                        onClose={putBack}
                      />
                    )
                  }
                >
                  {items.map((item) => (
                    <Entry
                      key={keyOf(item)}
                      item={item}
                      source={sources.find((one) => one.key === item.source)}
                      zone={zone}
                      day={day}
                      today={today}
                      may={may(item)}
                      carried={carried !== null && keyOf(carried.item) === keyOf(item)}
                      name={nameOf(item)}
                      onMove={(to) => drop(item, to)}
                    />
                  ))}
                </Day>
              );
            })}
          </div>
          {empty && (
            <p className="empty-days meta">
              {sources.length === 0 ? t("calendar.noSources") : t("calendar.nothing")}{" "}
              {who !== "all" && sources.length > 0 && (
                <button type="button" className="plain link" onClick={() => go({ who: "all" })}>
                  {t("calendar.showAll")}
                </button>
              )}
            </p>
          )}
        </div>
        <DragOverlay dropAnimation={{ duration: 140 }}>
          {dragged && (
            <div className="entry lifted">
              <Dot color={sources.find((one) => one.key === dragged.source)?.color ?? null} />
              <span className="cut">{dragged.title}</span>
            </div>
          )}
        </DragOverlay>
      </DndContext>
      <p className="spoken" role="status" aria-live="polite">
        {told}
      </p>
      {form && maker && (
        <RecordForm
          object={maker.object}
          initial={form}
          onClose={() => setForm(null)}
          onSaved={() => {
            setForm(null);
            void refresh();
          }}
        />
      )}
    </>
  );
}
