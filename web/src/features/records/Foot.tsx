import { useTranslation } from "react-i18next";
import { type Row, useMe } from "@/shared/api/queries";
import type { FieldDef, ObjectDef } from "@/shared/api/types";
import { label, moment, money, number } from "@/shared/format/format";

const result = (field: FieldDef) =>
  ["formula", "roll_up"].includes(field.type) ? String(field.config.result ?? "number") : field.type;

/** What is worth adding up under a list: money columns as sums, percentages as medians. */
export function measuresOf(object: ObjectDef, columns: string[]): { op: string; field?: string }[] {
  const shown = columns.flatMap((key) => object.fields.find((field) => field.key === key) ?? []);
  const fine = (field: FieldDef) => field.kind === "number" && field.level !== "masked" && !field.config.live;
  const sums = shown.filter((field) => fine(field) && result(field) === "money").slice(0, 3);
  const weighted = object.fields.find((field) => field.key === "weighted_amount" && fine(field));
  if (weighted && sums.some((field) => field.key === "amount") && !sums.includes(weighted))
    sums.push(weighted);
  const medians = shown.filter((field) => fine(field) && result(field) === "percent").slice(0, 2);
  return [
    { op: "count" },
    ...sums.map((field) => ({ op: "sum", field: field.key })),
    ...medians.map((field) => ({ op: "median", field: field.key })),
  ];
}

/** Count, sums and medians over all records of the list, not of the page, and when they were counted. */
export function Foot({
  object,
  measures,
  totals,
  asOf,
  range,
}: {
  object: ObjectDef;
  measures: { op: string; field?: string }[];
  totals: Row | undefined;
  asOf: string | undefined;
  range: [number, number];
}) {
  const { t, i18n } = useTranslation();
  const me = useMe();
  const locale = i18n.language;
  const workspace = me.data?.workspace;
  const count = Number(totals?.count ?? 0);
  return (
    <section className="foot" aria-label={t("list.totals")}>
      <span>
        <b>{totals ? t("list.count", { count }) : "—"}</b>
      </span>
      {totals &&
        measures.slice(1).map(({ op, field: key }) => {
          const field = object.fields.find((one) => one.key === key);
          const value = totals[`${op}_${key}`];
          if (!field || value === null || value === undefined) return null;
          const name =
            key === "weighted_amount"
              ? t("list.weighted")
              : t(`list.${op}`, { name: label(field.labels, locale) });
          return (
            <span key={`${op}.${key}`}>
              {name}{" "}
              <b>{op === "sum" ? money(value, workspace?.currency ?? "CNY", locale) : `${number(value)}%`}</b>
            </span>
          );
        })}
      <span className="grow" />
      {totals && count > 0 && (
        <span className="meta num">
          {t("list.range", { from: range[0], to: Math.max(range[0], range[1]), count })}
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
