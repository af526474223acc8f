import "./dashboard.css";
import { Link } from "@tanstack/react-router";
import { lazy, Suspense } from "react";
import { useTranslation } from "react-i18next";
import { type Row, useAggregate, useMe, useObject } from "@/shared/api/queries";
import type { ObjectDef, OptionDef } from "@/shared/api/types";
import { label, moment, short } from "@/shared/format/format";

const BarChart = lazy(() => import("./BarChart"));

/** Home: where deals stand, what was won, by whom. Every number is what this person may see. */
export function Dashboard() {
  const { t } = useTranslation();
  const object = useObject("opportunity");
  const stage = object?.fields.find((field) => field.type === "stage");
  if (!object || !stage?.options)
    return (
      <div className="page-bar">
        <h1>{t("dash.title")}</h1>
      </div>
    );
  return <Tiles object={object} stages={stage.options} />;
}

function Tiles({ object, stages }: { object: ObjectDef; stages: OptionDef[] }) {
  const { t, i18n } = useTranslation();
  const locale = i18n.language;
  const me = useMe();
  const currency = me.data?.workspace.currency ?? "CNY";
  const zone = me.data?.workspace.time_zone ?? "UTC";
  const won = stages.filter((one) => one.kind === "won").map((one) => one.key);
  const closed = object.fields.some((field) => field.key === "closed_at") ? "closed_at" : "modified_at";
  const measures = [{ op: "count" }, { op: "sum", field: "amount" }];
  const byStage = useAggregate(object.key, { group_by: [{ field: "stage" }], measures });
  const isWon = { field: "stage", op: "in", value: won };
  const byMonth = useAggregate(object.key, {
    filter: isWon,
    group_by: [{ field: closed, by: "month" }],
    measures,
  });
  const byOwner = useAggregate(object.key, { filter: isWon, group_by: [{ field: "owner" }], measures });
  const rows = byStage.data?.rows ?? [];
  const of = (key: string) => rows.find((row) => row.stage === key);
  const total = (kinds: string[], what: string) =>
    stages
      .filter((one) => kinds.includes(one.kind ?? ""))
      .reduce((sum, one) => sum + Number(of(one.key)?.[what] ?? 0), 0);
  const openSum = total(["open"], "sum_amount");
  const openCount = total(["open"], "count");
  const wonCount = total(["won"], "count");
  const lostCount = total(["lost"], "count");
  const closedCount = wonCount + lostCount;
  const asOf = byStage.data ? t("dash.asOf", { time: moment(byStage.data.as_of, locale, zone) }) : "";
  const shown = stages.filter((one) => one.kind !== "lost");
  const largest = Math.max(1, ...shown.map((one) => Number(of(one.key)?.sum_amount ?? 0)));
  const months = (byMonth.data?.rows ?? []).filter((row) => row[`${closed}:month`]).slice(-12);
  const sellers = [...(byOwner.data?.rows ?? [])]
    .filter((row) => row.owner)
    .sort((a, b) => Number(b.sum_amount) - Number(a.sum_amount))
    .slice(0, 8);
  const numbers: [string, string, string][] = [
    [t("dash.openValue"), short(openSum, locale, currency), `${openCount} ${t("dash.deals")}`],
    [
      t("dash.wonValue"),
      short(total(["won"], "sum_amount"), locale, currency),
      `${wonCount} ${t("dash.deals")}`,
    ],
    [
      t("dash.winRate"),
      closedCount ? `${((wonCount / closedCount) * 100).toFixed(1)}%` : "—",
      t("dash.ofClosed", { count: closedCount }),
    ],
    [t("dash.openCount"), String(openCount), asOf],
  ];
  return (
    <>
      <div className="page-bar">
        <h1>{t("dash.title")}</h1>
        <span className="meta grow">{asOf}</span>
      </div>
      <div className="tiles">
        {byStage.data && rows.length === 0 && (
          <div className="card tile empty" style={{ gridColumn: "1 / -1" }}>
            <p>{t("dash.empty")}</p>
            <p>
              <Link to="/o/$object" params={{ object: object.key }}>
                {t("list.new", { name: label(object.labels, locale) })}
              </Link>
              {" · "}
              <Link to="/import">{t("nav.import")}</Link>
            </p>
          </div>
        )}
        {numbers.map(([name, value, note]) => (
          <section key={name} className="card tile small">
            <p className="strong">{name}</p>
            <p className="display">{value}</p>
            <p className="meta">{note}</p>
          </section>
        ))}
        <section className="card tile">
          <TileHead title={t("dash.funnel")} question={t("dash.funnelQ")} asOf={asOf} />
          <div className="funnel">
            {shown.map((one) => {
              const sum = Number(of(one.key)?.sum_amount ?? 0);
              return (
                <FunnelLine
                  key={one.key}
                  stage={one}
                  object={object.key}
                  sum={short(sum, locale, currency)}
                  share={sum / largest}
                  row={of(one.key)}
                />
              );
            })}
          </div>
        </section>
        <section className="card tile">
          <TileHead title={t("dash.won")} question={t("dash.wonQ")} asOf={asOf} />
          <Suspense fallback={null}>
            <BarChart
              labels={months.map((row) => String(row[`${closed}:month`]))}
              values={months.map((row) => Number(row.sum_amount ?? 0))}
              name={t("dash.won")}
            />
          </Suspense>
        </section>
        <section className="card tile" style={{ gridColumn: "1 / -1" }}>
          <TileHead title={t("dash.sellers")} question={t("dash.sellersQ")} asOf={asOf} />
          <Suspense fallback={null}>
            <BarChart
              horizontal
              labels={sellers.map((row) => (row.owner as { label: string }).label)}
              values={sellers.map((row) => Number(row.sum_amount ?? 0))}
              name={t("dash.sellers")}
            />
          </Suspense>
        </section>
      </div>
    </>
  );
}

function TileHead({ title, question, asOf }: { title: string; question: string; asOf: string }) {
  return (
    <header>
      <div className="row">
        <h2 className="strong grow" style={{ fontSize: 14 }}>
          {title}
        </h2>
        <span className="meta">{asOf}</span>
      </div>
      <p className="dense" style={{ color: "var(--ink-2)" }}>
        {question}
      </p>
    </header>
  );
}

function FunnelLine(props: {
  stage: OptionDef;
  object: string;
  sum: string;
  share: number;
  row: Row | undefined;
}) {
  const { stage, object, sum, share, row } = props;
  const { t, i18n } = useTranslation();
  const inside = share > 0.25;
  return (
    <>
      <Link
        to="/o/$object"
        params={{ object }}
        search={{ filter: { all: [{ field: "stage", op: "in", value: [stage.key] }] } }}
        style={{ color: "var(--ink)" }}
      >
        {label(stage.labels, i18n.language)}
      </Link>
      <span className="track">
        <i className={stage.kind} style={{ width: `${Math.max(0.5, share * 100)}%` }}>
          {inside ? sum : ""}
        </i>
      </span>
      <span className="num">{inside ? "" : sum}</span>
      <span className="num">
        {Number(row?.count ?? 0)} {t("dash.deals")}
      </span>
    </>
  );
}
