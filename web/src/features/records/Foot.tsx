import { Button, Popover, Select } from "antd";
import { Sigma } from "lucide-react";
import { useTranslation } from "react-i18next";
import { type Row, useMe } from "@/shared/api/queries";
import type { FieldDef, ObjectDef } from "@/shared/api/types";
import { duration, label, moment, money, number } from "@/shared/format/format";
import type { Total } from "./listState";

const result = (field: FieldDef) =>
  ["formula", "roll_up"].includes(field.type) ? String(field.config.result ?? "number") : field.type;
const figure = (field: FieldDef) =>
  field.kind === "number" && field.level !== "masked" && field.level !== "hidden" && !field.config.live;
const fields = (object: ObjectDef, columns: string[]) =>
  columns.flatMap((key) => object.fields.find((field) => field.key === key) ?? []);
/** The field that holds a column's amount times its chance, where the object says which. */
const weightedOf = (object: ObjectDef, column: string) =>
  object.fields.find((field) => field.config.weighted_of === column && figure(field));
const MOST = 8;
export const WAYS = ["sum", "avg", "median", "min", "max"];

/** What is added up under a list: what somebody chose, else money columns as sums and percentages as medians. */
export function measuresOf(
  object: ObjectDef,
  columns: string[],
  chosen?: Total[],
): { op: string; field?: string }[] {
  if (chosen) {
    const known = chosen.filter((one) =>
      object.fields.some((field) => field.key === one.field && figure(field)),
    );
    return [{ op: "count" }, ...known.slice(0, MOST)];
  }
  const shown = fields(object, columns).filter(figure);
  const sums = shown.filter((field) => result(field) === "money").slice(0, 3);
  for (const field of [...sums]) {
    const weighted = weightedOf(object, field.key);
    if (weighted && !sums.includes(weighted)) sums.push(weighted);
  }
  const medians = shown.filter((field) => result(field) === "percent").slice(0, 2);
  return [
    { op: "count" },
    ...sums.map((field) => ({ op: "sum", field: field.key })),
    ...medians.map((field) => ({ op: "median", field: field.key })),
  ];
}

/** A figure below the list in the unit of its field. */
function useFigure() {
  const { i18n } = useTranslation();
  const currency = useMe().data?.workspace.currency ?? "CNY";
  return (field: FieldDef, value: unknown): string => {
    const type = result(field);
    if (type === "money") return money(value, currency, i18n.language);
    if (type === "percent") return `${number(value)}%`;
    if (type === "duration") return duration(value, i18n.language);
    return number(value);
  };
}

/** Which figure of each column stands below: none, sum, mean, median, smallest or largest. */
function TotalsMenu({
  object,
  columns,
  chosen,
  onChange,
}: {
  object: ObjectDef;
  columns: string[];
  chosen: Total[];
  onChange: (totals: Total[]) => void;
}) {
  const { t, i18n } = useTranslation();
  const figures = fields(object, columns).filter(figure);
  const extra = figures.flatMap((field) => weightedOf(object, field.key) ?? []);
  const all = [...new Set([...figures, ...extra])];
  if (all.length === 0) return null;
  const content = (
    <div className="totals-menu">
      {all.map((field) => (
        <div key={field.key} className="row">
          <span className="grow cut">{label(field.labels, i18n.language)}</span>
          <Select
            mode="multiple"
            size="small"
            style={{ width: 170 }}
            aria-label={t("list.totalOf", { name: label(field.labels, i18n.language) })}
            placeholder={t("list.totalNone")}
            value={chosen.filter((one) => one.field === field.key).map((one) => one.op)}
            options={WAYS.map((op) => ({ value: op, label: t(`list.way_of_${op}`) }))}
            onChange={(ops) =>
              onChange(
                [
                  ...chosen.filter((one) => one.field !== field.key),
                  ...ops.map((op) => ({ op, field: field.key })),
                ].slice(-MOST),
              )
            }
          />
        </div>
      ))}
    </div>
  );
  return (
    <Popover trigger="click" placement="topLeft" content={content}>
      <Button type="text" size="small" icon={<Sigma size={14} />} aria-label={t("list.chooseTotals")} />
    </Popover>
  );
}

/** Count, sums and medians over all records of the list, not of the page, and when they were counted. */
export function Foot({
  object,
  columns,
  measures,
  totals,
  asOf,
  range,
  onTotals,
}: {
  object: ObjectDef;
  columns: string[];
  measures: { op: string; field?: string }[];
  totals: Row | undefined;
  asOf: string | undefined;
  range: [number, number];
  onTotals: (totals: Total[]) => void;
}) {
  const { t, i18n } = useTranslation();
  const me = useMe();
  const shown = useFigure();
  const locale = i18n.language;
  const workspace = me.data?.workspace;
  const count = Number(totals?.count ?? 0);
  const chosen = measures.flatMap((one) => (one.field ? [{ op: one.op, field: one.field }] : []));
  return (
    <section className="foot" aria-label={t("list.totals")}>
      <span>
        <b>{totals ? t("list.count", { count }) : "—"}</b>
      </span>
      {totals &&
        chosen.map(({ op, field: key }) => {
          const field = object.fields.find((one) => one.key === key);
          const value = totals[`${op}_${key}`];
          if (!field || value === null || value === undefined) return null;
          const name =
            op === "sum" && field.config.weighted_of
              ? t("list.weighted")
              : t(`list.${op}`, { name: label(field.labels, locale) });
          return (
            <span key={`${op}.${key}`}>
              {name} <b>{shown(field, value)}</b>
            </span>
          );
        })}
      <TotalsMenu {...{ object, columns, chosen }} onChange={onTotals} />
      <span className="grow" />
      {totals && count > 0 && (
        <span className="meta num">
          {t("list.range", {
            from: number(range[0]),
            to: number(Math.min(count, Math.max(range[0], range[1]))),
            count: number(count),
          })}
          {asOf &&
            ` · ${t("list.asOf", {
              time: moment(asOf, locale, workspace?.time_zone ?? "UTC")
                .split(" ")
                .at(-1),
            })}`}
        </span>
      )}
    </section>
  );
}
