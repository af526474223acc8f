import "./dashboard.css";
import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { Button, Segmented } from "antd";
import type { ReactNode } from "react";
import { Trans, useTranslation } from "react-i18next";
import { useMe, useObjects } from "@/shared/api/queries";
import type { Me, ObjectDef } from "@/shared/api/types";
import { isZh, label, moment, number, short } from "@/shared/format/format";
import { Funnel } from "./Funnel";
import { useFigures } from "./figures";
import { scaled, scaleOf } from "./scale";
import { conditions, PERIODS, type Period, periodOf, type Subject, subjectOf } from "./subject";
import { Tile, type TileProps } from "./Tile";

/** Where deals stand, what was won, by whom, what is to come. Every number is what this person may see. */
export function Dashboard() {
  const objects = useObjects();
  const me = useMe();
  const { t } = useTranslation();
  const readable = (objects.data ?? []).filter((one) => me.data?.objects[one.key]?.read !== "none");
  const subject = subjectOf(readable);
  if (!objects.data || !me.data) return null;
  if (subject) return <Figures subject={subject} me={me.data} />;
  return (
    <>
      <div className="page-bar">
        <h1>{t("dash.title")}</h1>
      </div>
      <Start objects={readable} me={me.data} />
    </>
  );
}

/** A workspace without stages: what there is, and the way to build more. */
function Start({ objects, me }: { objects: ObjectDef[]; me: Me }) {
  const { t, i18n } = useTranslation();
  const shown = objects.filter((object) => object.kind === "object");
  return (
    <div className="empty">
      <p>{shown.length ? t("dash.noStages") : t("dash.noObjects")}</p>
      <p className="row">
        {shown.slice(0, 6).map((object) => (
          <Link key={object.key} to="/o/$object" params={{ object: object.key }}>
            {label(object.plural, i18n.language)}
          </Link>
        ))}
      </p>
      {me.rights.design && (
        <Link to="/build/objects" search={{}}>
          {t("dash.build")}
        </Link>
      )}
    </div>
  );
}

function Figures({ subject, me }: { subject: Subject; me: Me }) {
  const { t, i18n } = useTranslation();
  const locale = i18n.language;
  const { currency, time_zone: zone } = me.workspace;
  const navigate = useNavigate();
  const period = periodOf((useSearch({ strict: false }) as { period?: string }).period);
  const found = useFigures(subject, period, locale, t("dash.nobody"));
  const object = subject.object.key;
  const money = subject.money ? currency : "";
  const asOf = found.asOf ? t("dash.asOf", { time: moment(found.asOf, locale, zone) }) : "";
  const amount = (value: number) =>
    money ? short(value, locale, currency) : t("dash.deals", { count: value, shown: number(value) });
  const deals = (count: number) => t("dash.deals", { count, shown: number(count) });
  const open = (filter: unknown, text: string) => (
    <Link to="/o/$object" params={{ object }} search={{ filter }}>
      {text}
    </Link>
  );
  const ask = conditions(subject);
  const periodText = t(`dash.${period}`);
  const numbers: [string, string, string, unknown][] = [
    [t("dash.openValue"), amount(found.openWorth), deals(found.openCount), ask.open()],
    [
      t("dash.wonValue", { period: periodText }),
      amount(found.wonWorth),
      deals(found.wonCount),
      ask.won(period),
    ],
    [
      t("dash.winRate", { period: periodText }),
      found.closedCount ? `${((found.wonCount / found.closedCount) * 100).toFixed(1)}%` : "—",
      t("dash.ofClosed", { count: found.closedCount }),
      ask.closed(period),
    ],
    [
      t("dash.average", { period: periodText }),
      found.wonCount && money ? amount(found.wonWorth / found.wonCount) : "—",
      t("dash.averageNote"),
      ask.won(period),
    ],
  ];
  const tile = (
    key: keyof typeof found.tiles,
    rest: Pick<TileProps, "title" | "question" | "empty"> & Partial<TileProps>,
  ) => {
    const { query, bars } = found.tiles[key];
    const scale = scaleOf(
      bars.map((bar) => bar.value),
      locale,
      money,
      t("dash.unit"),
    );
    return (
      <Tile
        unit={scale.unit}
        asOf={asOf}
        object={object}
        bars={bars}
        format={(value) => scaled(value, scale)}
        loading={query.isPending && query.fetchStatus !== "idle"}
        error={query.error}
        retry={() => query.refetch()}
        {...rest}
      />
    );
  };
  const stageBars = found.tiles.stages.bars;
  const best = stageBars
    .filter((bar) => bar.tone !== "good" && bar.count > 0)
    .reduce<(typeof stageBars)[number] | undefined>((a, b) => (!a || b.value > a.value ? b : a), undefined);
  const stageScale = scaleOf(
    stageBars.map((bar) => bar.value),
    locale,
    money,
    t("dash.unit"),
  );
  const top = found.tiles.people.bars[0];
  const months = found.tiles.won.bars.filter((bar) => bar.count > 0);
  const bestMonth = [...months].sort((a, b) => b.value - a.value)[0];
  const late = found.tiles.ahead.bars.filter((bar) => bar.tone === "late");
  const lateCount = late.reduce((sum, bar) => sum + bar.count, 0);
  const share = (value: number, of: number) => (of ? `${((value / of) * 100).toFixed(0)}%` : "");
  const say = (key: string, values: Record<string, string>, link: ReactNode) => (
    <>
      <Trans i18nKey={key} values={values} components={{ b: <b /> }} shouldUnescape /> {link}
    </>
  );
  return (
    <>
      <div className="page-bar">
        <h1>{t("dash.title")}</h1>
        <span className="meta grow">{today(locale, zone)}</span>
        {me.objects[object]?.import && (
          <Button onClick={() => navigate({ to: "/import", search: { object } })}>{t("nav.import")}</Button>
        )}
      </div>
      <div className="sub-bar">
        <Segmented<Period>
          size="small"
          aria-label={t("dash.period")}
          value={period}
          onChange={(next) => navigate({ to: "/dashboard", search: { period: next }, replace: true })}
          options={PERIODS.map((one) => ({ value: one, label: t(`dash.tab_${one}`) }))}
        />
        <span className="grow" />
        <span className="meta only-note">
          {t("dash.only", { zone: zone.split("/").at(-1)?.replaceAll("_", " ") })}
        </span>
      </div>
      <div className="tiles">
        {found.isEmpty && (
          <div className="card tile first">
            <p className="strong">{t("dash.empty", { name: label(subject.object.plural, locale) })}</p>
            <p className="row">
              <Link to="/o/$object" params={{ object }}>
                {t("dash.open", { name: label(subject.object.plural, locale) })}
              </Link>
              <Link to="/import" search={{ object }}>
                {t("nav.import")}
              </Link>
            </p>
          </div>
        )}
        {numbers.map(([name, value, note, filter]) => (
          <Link
            key={name}
            to="/o/$object"
            params={{ object }}
            search={{ filter }}
            className="card tile small"
            aria-label={`${name} ${value}`}
          >
            <span className="dense">{name}</span>
            <span className="display">{value}</span>
            <span className="meta">{note}</span>
          </Link>
        ))}
        {tile("stages", {
          title: t("dash.funnel"),
          question: t("dash.funnelQ", { period: periodText }),
          empty: t("dash.noneOpen"),
          wide: true,
          chart: (
            <Funnel
              object={object}
              bars={stageBars}
              format={(value) => scaled(value, stageScale)}
              best={best?.key}
            />
          ),
          finding:
            best &&
            say(
              "dash.findStage",
              {
                stage: best.text,
                amount: amount(best.value),
                share: share(best.value, found.openWorth),
              },
              open(best.filter, t("dash.openDeals", { count: best.count })),
            ),
        })}
        {subject.closedAt &&
          tile("won", {
            title: t("dash.won"),
            question: t("dash.wonQ"),
            empty: t("dash.noneWon"),
            finding:
              bestMonth &&
              say(
                "dash.findMonth",
                { month: bestMonth.text, amount: amount(bestMonth.value) },
                open(bestMonth.filter, t("dash.openDeals", { count: bestMonth.count })),
              ),
          })}
        {subject.owner &&
          tile("people", {
            title: t("dash.sellers"),
            question: t("dash.sellersQ", { period: periodText }),
            empty: t("dash.noneWon"),
            horizontal: true,
            bars: found.tiles.people.bars.slice(0, 8),
            finding:
              top &&
              say(
                "dash.findSeller",
                { name: top.text, amount: amount(top.value), share: share(top.value, found.wonWorth) },
                open(top.filter, t("dash.openDeals", { count: top.count })),
              ),
          })}
        {subject.closesOn &&
          tile("ahead", {
            title: t("dash.ahead"),
            question: t("dash.aheadQ"),
            empty: t("dash.noneOpen"),
            wide: true,
            finding:
              lateCount > 0
                ? say(
                    "dash.findLate",
                    { count: String(lateCount) },
                    open(ask.open(...ask.overdue()), t("dash.openLate")),
                  )
                : undefined,
          })}
      </div>
    </>
  );
}

/** 2026年11月25日 周三; Wednesday, Nov 25. */
function today(locale: string, zone: string): string {
  const say = (options: Intl.DateTimeFormatOptions) =>
    new Intl.DateTimeFormat(locale, { timeZone: zone, ...options }).format(new Date());
  return isZh(locale)
    ? `${say({ year: "numeric", month: "long", day: "numeric" })} ${say({ weekday: "short" })}`
    : say({ weekday: "long", month: "short", day: "numeric" });
}
