import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Clock } from "lucide-react";
import { useTranslation } from "react-i18next";
import { api, query } from "@/shared/api/client";
import { useMe, useObject } from "@/shared/api/queries";
import type { FieldDef, ObjectDef, RecordData, Link as RecordLink } from "@/shared/api/types";
import { FieldValue } from "@/shared/fields/FieldValue";
import { daysBetween, label, todayIn, wallTime } from "@/shared/format/format";
import { TierMark } from "@/shared/TierMark";
import { boardOf, kindOf, settledOf } from "./model";

export const nameOf = (object: ObjectDef, record: RecordData) =>
  String(record[object.name_field ?? "serial"] ?? record.serial ?? "—");

const isEmpty = (value: unknown) =>
  value === null || value === undefined || value === "" || (Array.isArray(value) && value.length === 0);

/** Days since the record came to its stage; null where nobody kept when. */
export function daysHere(record: RecordData, zone: string): number | null {
  const entered = record.stage_entered_at;
  return typeof entered === "string"
    ? Math.max(0, daysBetween(wallTime(entered, zone), todayIn(zone)))
    : null;
}

/** The mark of a related record, such as an account's tier; asked for with those of the same page of cards. */
function Badge({ target, id, ids }: { target: string | undefined; id: string; ids: string[] }) {
  const object = useObject(target ?? "");
  const badge = (object?.config as { badge?: string } | undefined)?.badge;
  const known = object?.fields.some(
    (field) => field.key === badge && ["read", "write"].includes(field.level),
  );
  const found = useQuery({
    queryKey: ["badges", target, badge, ids],
    enabled: Boolean(known) && ids.length > 0,
    staleTime: 60_000,
    queryFn: async () => {
      const filter = { field: "id", op: "in", value: ids };
      const path = `/records/${target}${query({ filter, fields: badge, limit: ids.length })}` as const;
      const rows = (await api<{ records: RecordData[] }>(path)).records;
      return new Map(rows.map((row) => [row.id, String(row[badge ?? ""] ?? "")]));
    },
  });
  return <TierMark tier={found.data?.get(id)} />;
}

export interface FaceProps {
  object: ObjectDef;
  record: RecordData;
  /** Keys of the five facts by place. */
  card: string[];
  group: FieldDef;
  stale: boolean;
  linked?: boolean;
  /** Ids of the related records on the same page of cards, to ask for their marks at once. */
  related?: string[];
}

/** A card's name and its five facts: above it, its figure and whose it is, what comes next and how long it stands. */
export function CardFace({ object, record, card, group, stale, linked, related }: FaceProps) {
  const { t, i18n } = useTranslation();
  const me = useMe();
  const locale = i18n.language;
  const zone = me.data?.workspace.time_zone ?? "UTC";
  const stage = group.options?.find((one) => one.key === record[group.key]);
  const open = !stage || kindOf(stage) === "open";
  const field = (place: number) => object.fields.find((one) => one.key === card[place]);
  const [top, figure, side, foot, end] = [0, 1, 2, 3, 4].map(field);
  const due = boardOf(object).due;
  const dueOn = due ? record[due] : undefined;
  const settled = settledOf(object, group).includes(String(record[group.key] ?? ""));
  const late = typeof dueOn === "string" && !settled ? daysBetween(dueOn, todayIn(zone)) : 0;
  const name = nameOf(object, record);
  const value = (one: FieldDef | undefined) =>
    one && !isEmpty(record[one.key]) ? <FieldValue field={one} record={record} still /> : null;
  const days = daysHere(record, zone);
  const link = top?.type === "relation" ? (record[top.key] as RecordLink | null | undefined) : undefined;
  const person = side?.type === "user" ? (record[side.key] as RecordLink | null | undefined) : undefined;
  return (
    <>
      {top && (
        <span className="row dense deal-account">
          {link && <Badge target={top.target} id={link.id} ids={related?.length ? related : [link.id]} />}
          <span className="cut">{value(top) ?? "—"}</span>
        </span>
      )}
      {linked ? (
        <Link
          to="/o/$object/$id"
          params={{ object: object.key, id: record.id }}
          className="strong cut deal-name"
          draggable={false}
        >
          {name}
        </Link>
      ) : (
        <span className="strong cut deal-name">{name}</span>
      )}
      {(figure || side) && (
        <div className="row dense deal-figure">
          <span className="strong grow cut num-left">{value(figure) ?? (figure ? "—" : "")}</span>
          {person ? (
            <span className="avatar" role="img" aria-label={person.label} title={person.label}>
              {person.label.slice(0, 1)}
            </span>
          ) : (
            value(side) && <span className="cut deal-side">{value(side)}</span>
          )}
        </div>
      )}
      <div className="row meta deal-foot">
        {open ? (
          <>
            <span className={`cut grow${foot?.type === "text" && !value(foot) ? " attention" : ""}`}>
              {value(foot) ??
                (foot?.type === "text" ? t("board.without", { name: label(foot.labels, locale) }) : "")}
            </span>
            {late > 0 ? (
              <span
                className="bad strong"
                title={t("board.lateTip", {
                  name: label(object.fields.find((one) => one.key === due)?.labels, locale),
                })}
              >
                {t("board.late", { count: late })}
              </span>
            ) : stale && days !== null ? (
              <span className="stale">
                <Clock size={12} aria-hidden="true" />
                {t("board.stay", { count: days })}
              </span>
            ) : end?.key === "days_in_stage" ? (
              days !== null && <span>{t("board.days", { count: days })}</span>
            ) : (
              value(end) && <span className="cut deal-end">{value(end)}</span>
            )}
          </>
        ) : (
          <span className="cut">
            {label(stage?.labels, locale)}{" "}
            {typeof record.closed_at === "string" ? wallTime(record.closed_at, zone).slice(5, 10) : ""}
          </span>
        )}
      </div>
    </>
  );
}
