import { type Row, useAggregate } from "@/shared/api/queries";
import { label } from "@/shared/format/format";
import type { Bar } from "./bars";
import { conditions, monthsBetween, type Period, type Subject } from "./subject";

/** Everything the dashboard shows, from five aggregates; each bar carries the condition of its records. */
export function useFigures(subject: Subject, period: Period, locale: string, nobody: string) {
  const { object, money, stage, stages, closedAt, closesOn, owner } = subject;
  const ask = conditions(subject);
  const measures = money ? [{ op: "count" }, { op: "sum", field: money.key }] : [{ op: "count" }];
  const worth = (row: Row | undefined) => Number((money ? row?.[`sum_${money.key}`] : row?.count) ?? 0);
  const count = (row: Row | undefined) => Number(row?.count ?? 0);

  const now = useAggregate(object.key, { group_by: [{ field: stage.key }], measures });
  const closed = useAggregate(object.key, {
    filter: ask.closed(period),
    group_by: [{ field: stage.key }],
    measures,
  });
  const won = useAggregate(
    object.key,
    {
      filter: ask.won(period),
      group_by: [{ field: closedAt?.key ?? "modified_at", by: "month" }],
      measures,
    },
    !!closedAt,
  );
  const people = useAggregate(
    object.key,
    { filter: ask.won(period), group_by: [{ field: "owner" }], measures },
    !!owner,
  );
  const ahead = useAggregate(
    object.key,
    {
      filter: ask.open(),
      group_by: [{ field: closesOn?.key ?? "created_at", by: "month" }],
      measures,
    },
    !!closesOn,
  );

  const at = (rows: Row[] | undefined, key: string) => rows?.find((row) => row[stage.key] === key);
  const total = (rows: Row[] | undefined, kind: string, of: (row: Row | undefined) => number) =>
    stages.filter((one) => one.kind === kind).reduce((sum, one) => sum + of(at(rows, one.key)), 0);

  const stageBars: Bar[] = stages
    .filter((one) => one.kind === "open")
    .map((one) => ({
      key: one.key,
      text: label(one.labels, locale),
      value: worth(at(now.data?.rows, one.key)),
      count: count(at(now.data?.rows, one.key)),
      filter: ask.stage(one.key),
    }));
  for (const one of stages.filter((stage) => stage.kind === "won")) {
    const row = at(closed.data?.rows, one.key);
    stageBars.push({
      key: one.key,
      text: label(one.labels, locale),
      value: worth(row),
      count: count(row),
      filter: ask.won(period),
      tone: "good",
    });
  }

  const byMonth = (rows: Row[] | undefined, key: string | undefined) =>
    new Map(
      (rows ?? []).filter((row) => row[`${key}:month`]).map((row) => [String(row[`${key}:month`]), row]),
    );
  const wonMonths = byMonth(won.data?.rows, closedAt?.key);
  const span = [...wonMonths.keys()].sort();
  const wonBars: Bar[] = closedAt
    ? monthsBetween(span[0] ?? "2026-01", span.at(-1) ?? "2026-01")
        .slice(-12)
        .map((month) => ({
          key: month,
          text: month,
          value: worth(wonMonths.get(month)),
          count: count(wonMonths.get(month)),
          filter: ask.won("all", ...ask.month(closedAt, month)),
          tone: "good",
        }))
    : [];

  const personBars: Bar[] = (people.data?.rows ?? [])
    .map((row): Bar => {
      const person = row.owner as { id: string; label: string } | null;
      return {
        key: person?.id ?? "",
        text: person?.label ?? nobody,
        value: worth(row),
        count: count(row),
        filter: ask.won(period, person ? ask.owner(person.id) : { field: "owner", op: "empty" }),
      };
    })
    .sort((a, b) => b.value - a.value);

  const aheadMonths = byMonth(ahead.data?.rows, closesOn?.key);
  const thisMonth = (now.data?.as_of ?? new Date().toISOString()).slice(0, 7);
  const aheadBars: Bar[] = closesOn
    ? [...aheadMonths.keys()]
        .sort()
        .slice(0, 9)
        .map((month) => ({
          key: month,
          text: month,
          value: worth(aheadMonths.get(month)),
          count: count(aheadMonths.get(month)),
          filter: ask.open(...ask.month(closesOn, month)),
          tone: month < thisMonth ? "late" : "plain",
        }))
    : [];

  const wonCount = total(closed.data?.rows, "won", count);
  const closedCount = wonCount + total(closed.data?.rows, "lost", count);
  return {
    ask,
    asOf: now.data?.as_of,
    isEmpty: !!now.data && now.data.rows.every((row) => count(row) === 0),
    openWorth: total(now.data?.rows, "open", worth),
    openCount: total(now.data?.rows, "open", count),
    wonWorth: total(closed.data?.rows, "won", worth),
    wonCount,
    closedCount,
    tiles: {
      stages: { query: now, bars: stageBars },
      won: { query: won, bars: wonBars },
      people: { query: people, bars: personBars },
      ahead: { query: ahead, bars: aheadBars },
    },
  };
}

export type Figures = ReturnType<typeof useFigures>;
