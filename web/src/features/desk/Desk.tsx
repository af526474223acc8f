import "./desk.css";
import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { Button, Dropdown, Segmented } from "antd";
import { CalendarClock, FileClock, type LucideIcon, Plus, UserX } from "lucide-react";
import { useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { useCreate } from "@/app/create";
import { iconOf } from "@/app/icons";
import { hasStages } from "@/app/navigation";
import { useTiers } from "@/features/records/useTiers";
import { api } from "@/shared/api/client";
import { useMe, useObjects } from "@/shared/api/queries";
import type { Me, ObjectDef } from "@/shared/api/types";
import { isZh, label, moment, todayIn } from "@/shared/format/format";
import { useKeys } from "@/shared/keys/useKeys";
import { ProblemBox } from "@/shared/Problem";
import { type DeskData, keyOf } from "./model";
import { Row } from "./Row";
import { Side } from "./Side";
import { useActs } from "./useActs";

const ICONS: Record<string, LucideIcon> = {
  "calendar-clock": CalendarClock,
  "file-clock": FileClock,
  "user-x": UserX,
};

/** Home: what to do now, the most urgent first, each with its reason and one tap. */
export function Desk() {
  const { t, i18n } = useTranslation();
  const locale = i18n.language;
  const me = useMe();
  const objects = useObjects();
  const navigate = useNavigate();
  const { show } = useSearch({ strict: false }) as { show?: string };
  const [at, setAt] = useState(-1);
  const [open, setOpen] = useState<{ key: string; what: "log" | "date" | "rest" } | null>(null);
  const list = useRef<HTMLOListElement>(null);
  const acts = useActs();
  const create = useCreate();
  const found = useQuery({
    queryKey: ["desk"],
    queryFn: () => api<DeskData>("/desk"),
    refetchInterval: 120_000,
  });
  const data = found.data;
  const sources = data?.sources ?? [];
  const present = sources.filter((one) => data?.items.some((item) => item.source === one.key));
  const items = (data?.items ?? []).filter((item) => !show || item.source === show);
  const tiers = useTiers(items.flatMap((item) => item.about?.id ?? []));
  const go = (place: number) => {
    const item = items[place];
    if (item) void navigate({ to: "/o/$object/$id", params: { object: item.object, id: item.record.id } });
  };
  const move = (by: number) => {
    const next = Math.max(0, Math.min(at + by, items.length - 1));
    setAt(next);
    list.current?.children[next]?.scrollIntoView({ block: "nearest" });
  };
  const press = (kind: string) => () => {
    const item = items[at];
    const action = item?.actions.find((one) => one.kind === kind);
    if (!item) return;
    if (kind === "rest") setOpen({ key: keyOf(item), what: "rest" });
    else if (kind === "open") go(at);
    else if (action?.kind === "set") void acts.finish(item, action);
    else if (action) setOpen({ key: keyOf(item), what: kind as "log" | "date" });
  };
  const main = () => {
    const item = items[at];
    if (item && document.activeElement?.tagName !== "BUTTON" && document.activeElement?.tagName !== "A")
      press(item.actions[0]?.kind ?? "open")();
  };
  useKeys({
    j: () => move(1),
    k: () => move(-1),
    d: press("set"),
    l: press("log"),
    p: press("date"),
    s: press("rest"),
    o: press("open"),
  });
  if (!me.data || !objects.data) return null;
  const zone = me.data.workspace.time_zone;
  const today = todayIn(zone);
  const rights = me.data.objects;
  const makeable = objects.data.filter((one) => one.kind === "object" && rights[one.key]?.create);
  const asOf = data ? moment(data.as_of, locale, zone) : "";
  return (
    <>
      <div className="page-bar">
        <h1>{t("nav.desk")}</h1>
        <span className="dense meta grow">{longDay(today, locale)}</span>
        {makeable.length > 0 && (
          <Dropdown
            trigger={["click"]}
            menu={{
              items: makeable.map((one) => ({
                key: one.key,
                label: label(one.labels, locale),
                onClick: () => create(one.key),
              })),
            }}
          >
            <Button icon={<Plus size={15} strokeWidth={1.7} />}>{t("shell.new")}</Button>
          </Dropdown>
        )}
      </div>
      <div className="desk">
        <section className="desk-main" aria-label={t("desk.list")}>
          {found.error && !data ? (
            <ProblemBox error={found.error} retry={() => found.refetch()} />
          ) : (
            data && (
              <>
                <div className="sub-bar">
                  <h2 className="desk-head">
                    {data.items.length ? t("desk.head", { count: data.items.length }) : t("desk.headNone")}
                  </h2>
                  {data.late > 0 && (
                    <span className="late-tag">{t("desk.lateCount", { count: data.late })}</span>
                  )}
                  <span className="grow" />
                  {present.length > 1 && (
                    <Segmented
                      size="small"
                      className="desk-tabs"
                      value={show ?? ""}
                      onChange={(next) =>
                        navigate({ to: "/", search: next ? { show: String(next) } : {}, replace: true })
                      }
                      options={[
                        { value: "", label: t("desk.all") },
                        ...present.map((one) => ({ value: one.key, label: label(one.labels, locale) })),
                      ]}
                    />
                  )}
                </div>
                {items.length === 0 && (
                  <Nothing sources={sources.length} objects={objects.data} me={me.data} />
                )}
                {/* biome-ignore lint/a11y/noNoninteractiveElementInteractions: Enter takes the first action of the line that J and K chose; each line has its button too. */}
                <ol
                  className="things"
                  ref={list}
                  onKeyDown={(event) => {
                    if (event.key === "Enter") main();
                  }}
                >
                  {items.map((item, place) => {
                    const source = sources.find((one) => one.key === item.source);
                    const key = keyOf(item);
                    return (
                      <Row
                        key={key}
                        item={item}
                        rank={place + 1}
                        icon={ICONS[source?.icon ?? ""] ?? iconOf(source?.icon)}
                        tier={tiers.get(item.about?.id ?? "")}
                        acts={acts}
                        zone={zone}
                        today={today}
                        focused={place === at}
                        open={open?.key === key ? open.what : null}
                        onOpen={(what) => setOpen(what && { key, what })}
                        onGo={() => go(place)}
                      />
                    );
                  })}
                </ol>
                <p className="desk-foot meta">
                  <span className="grow">
                    {t("desk.order", { time: asOf })}
                    {data.more.length > 0 && ` ${t("desk.moreThere")}`}
                  </span>
                  <span>{t("desk.doneCount", { count: data.done_today })}</span>
                </p>
              </>
            )
          )}
        </section>
        <Side me={me.data} objects={objects.data} today={today} />
      </div>
    </>
  );
}

/** Nothing to do; in a workspace without records, the way to the first one. */
function Nothing({ sources, objects, me }: { sources: number; objects: ObjectDef[]; me: Me }) {
  const { t, i18n } = useTranslation();
  const counts = useQuery<{ objects: Record<string, number> }>({ queryKey: ["counts"], enabled: false }).data;
  const create = useCreate();
  const makeable = objects.filter((one) => one.kind === "object" && me.objects[one.key]?.create);
  const first = makeable.find(hasStages) ?? makeable[0];
  const isNew = counts && !Object.values(counts.objects).some(Boolean);
  if (isNew && first)
    return (
      <div className="empty">
        <p>{t("dash.empty", { name: label(first.labels, i18n.language) })}</p>
        <p className="row">
          <Button type="primary" onClick={() => create(first.key)}>
            {t("shell.create", { name: label(first.labels, i18n.language) })}
          </Button>
          {me.objects[first.key]?.import && (
            <Link to="/import" search={{ object: first.key }}>
              {t("nav.import")}
            </Link>
          )}
        </p>
      </div>
    );
  return (
    <div className="empty">
      <p>{sources ? t("desk.nothing") : t("desk.noSources")}</p>
      <Link to="/dashboard">{t("desk.toDashboard")}</Link>
    </div>
  );
}

/** 2026年11月23日 周一; Mon, Nov 23. */
function longDay(day: string, locale: string): string {
  const date = new Date(`${day}T00:00:00Z`);
  const zh = isZh(locale);
  const text = new Intl.DateTimeFormat(zh ? "zh-CN" : "en", {
    ...(zh ? { year: "numeric", month: "long", day: "numeric" } : { month: "short", day: "numeric" }),
    timeZone: "UTC",
  }).format(date);
  const weekday = new Intl.DateTimeFormat(zh ? "zh-CN" : "en", { weekday: "short", timeZone: "UTC" }).format(
    date,
  );
  return zh ? `${text} ${weekday}` : `${weekday}, ${text}`;
}
