import "./timeline.css";
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { Link as RouterLink } from "@tanstack/react-router";
import { Button } from "antd";
import {
  ArrowRight,
  CalendarClock,
  Mail,
  MapPin,
  MessageCircle,
  Pencil,
  Phone,
  Plus,
  RotateCcw,
  Trash2,
  Users,
} from "lucide-react";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { api, query } from "@/shared/api/client";
import { useMe, useObject } from "@/shared/api/queries";
import type { Link, ObjectDef, RecordData } from "@/shared/api/types";
import { duration, inside, label, moment } from "@/shared/format/format";
import { useChangeWords } from "./changeWords";

export interface Entry {
  id: string;
  at: string;
  actor: Link | null;
  channel: string;
  kind: string;
  reason: string | null;
  changes: Record<string, [unknown, unknown]>;
}

/** What follows of itself from another change and would only repeat it. */
const QUIET = new Set([
  "modified_at",
  "modified_by",
  "created_at",
  "created_by",
  "last_stage",
  "stage_entered_at",
  "closed_at",
]);
const ICONS: Record<string, typeof Phone> = {
  phone: Phone,
  visit: MapPin,
  wechat: MessageCircle,
  email: Mail,
  meeting: Users,
};

/** Activities that belong to a record, the newest first. */
function useActivities(object: ObjectDef, record: RecordData, wanted: boolean) {
  const activity = useObject("activity");
  const link = activity?.fields.find((one) => one.type === "relation" && one.target === object.key);
  return useQuery({
    queryKey: ["activities", object.key, record.id],
    enabled: wanted && Boolean(link),
    queryFn: async () => {
      const filter = { field: link?.key, op: "eq", value: record.id };
      const path = `/records/activity${query({ filter, sort: "-created_at", limit: 100 })}` as const;
      return (await api<{ records: RecordData[] }>(path)).records;
    },
  });
}

interface Item {
  id: string;
  at: string;
  icon: typeof Phone;
  machine: boolean;
  head: ReactNode;
  body?: ReactNode;
}

/** What happened to a record, the newest first, what is planned on top; `changesOnly` leaves the activities out. */
export function Timeline({
  object,
  record,
  changesOnly,
}: {
  object: ObjectDef;
  record: RecordData;
  changesOnly?: boolean;
}) {
  const { t, i18n } = useTranslation();
  const me = useMe();
  const locale = i18n.language;
  const zone = me.data?.workspace.time_zone ?? "UTC";
  const activity = useObject("activity");
  const activities = useActivities(object, record, !changesOnly);
  const found = useInfiniteQuery({
    queryKey: ["timeline", object.key, record.id],
    queryFn: ({ pageParam }) =>
      api<{ entries: Entry[]; next: string | null }>(
        `/records/${object.key}/${record.id}/timeline${query({ cursor: pageParam })}`,
      ),
    initialPageParam: "",
    getNextPageParam: (last) => last.next,
    placeholderData: (before) => before,
  });
  const entries = found.data?.pages.flatMap((page) => page.entries) ?? [];
  const words = useChangeWords(object, record, entries);
  const stageField = object.fields.find((field) => field.type === "stage");

  const ofEntry = (entry: Entry): Item => {
    const keys = Object.keys(entry.changes).filter(
      (key) => !QUIET.has(key) && object.fields.some((one) => one.key === key),
    );
    const move = stageField && entry.kind !== "created" ? entry.changes[stageField.key] : undefined;
    const machine = /^(rule|bulk|import|system)/.test(entry.channel);
    const shown = keys.filter((key) => !(move && (key === stageField?.key || key === "probability")));
    const who = <b className="strong">{entry.actor?.label ?? t("record.system")}</b>;
    const through = /^(rule|bulk|import)/.exec(entry.channel)?.[0];
    const what = move
      ? t("record.movedFromTo", {
          from: words(stageField?.key ?? "", move[0]),
          to: words(stageField?.key ?? "", move[1]),
        })
      : entry.kind === "changed" || entry.kind === "updated" || entry.kind === "update"
        ? t("record.changedFields", {
            names: shown
              .slice(0, 3)
              .map((key) =>
                inside(label(object.fields.find((one) => one.key === key)?.labels, locale), locale),
              )
              .join(t("list.joint")),
          })
        : t(`record.${["created", "deleted", "restored"].includes(entry.kind) ? entry.kind : "changed"}`);
    return {
      id: entry.id,
      at: entry.at,
      machine,
      icon:
        entry.kind === "created"
          ? Plus
          : entry.kind === "deleted"
            ? Trash2
            : entry.kind === "restored"
              ? RotateCcw
              : move
                ? ArrowRight
                : Pencil,
      head: (
        <>
          {who} {what}
          {through && <span className="meta"> · {t(`record.through.${through}`)}</span>}
        </>
      ),
      body:
        entry.kind === "created" ? undefined : (
          <>
            {shown.map((key) => {
              const [before, after] = entry.changes[key] ?? [null, null];
              const field = object.fields.find((one) => one.key === key);
              return (
                <p key={key} className="dense change">
                  {shown.length > 1 && <span className="soft">{label(field?.labels, locale)} </span>}
                  <del>{words(key, before)}</del> → <b className="strong">{words(key, after)}</b>
                </p>
              );
            })}
            {entry.reason && <p className="dense">{entry.reason}</p>}
          </>
        ),
    };
  };
  const ofActivity = (one: RecordData): Item => {
    const method = String(one.method ?? "");
    const option = activity?.fields
      .find((field) => field.key === "method")
      ?.options?.find((each) => each.key === method);
    const subject = String(one[activity?.name_field ?? "subject"] ?? "");
    const content = String(one.content ?? "");
    return {
      id: one.id,
      at: String(one.started_at ?? one.created_at),
      machine: false,
      icon: ICONS[method] ?? MessageCircle,
      head: (
        <>
          <b className="strong">{(one.owner as Link | null)?.label ?? t("record.system")}</b>{" "}
          {label(option?.labels, locale)}
          {one.duration != null && ` · ${duration(one.duration, locale)}`}
        </>
      ),
      body: (
        <>
          {!content.startsWith(subject.replace(/…$/, "")) && (
            <p className="dense">
              <RouterLink to="/o/$object/$id" params={{ object: "activity", id: one.id }}>
                {subject}
              </RouterLink>
            </p>
          )}
          <p className="dense prose">{content || (content.startsWith(subject) ? subject : "")}</p>
        </>
      ),
    };
  };
  const logged = activities.data ?? [];
  const now = new Date().toISOString();
  const planned = logged.flatMap((one) => {
    const at = one.status === "planned" ? one.started_at : one.next_follow_up;
    return typeof at === "string" && at > now
      ? [{ id: one.id, at, text: String(one[activity?.name_field ?? "subject"] ?? "") }]
      : [];
  });
  planned.sort((a, b) => a.at.localeCompare(b.at));
  const oldest = found.hasNextPage ? (entries.at(-1)?.at ?? "") : "";
  const items = [
    ...entries.map(ofEntry),
    ...logged
      .filter((one) => one.status !== "planned")
      .map(ofActivity)
      .filter((one) => one.at >= oldest),
  ].sort((a, b) => b.at.localeCompare(a.at));
  if (found.isSuccess && items.length === 0) return <p className="meta">{t("record.noEntries")}</p>;
  return (
    <>
      {planned.length > 0 && (
        <p className="planned dense">
          <CalendarClock size={13} aria-hidden="true" />
          <b>{t("record.coming")}</b>
          {planned.slice(0, 3).map((one) => (
            <span key={one.id} className="cut">
              {moment(one.at, locale, zone)} {one.text}
            </span>
          ))}
        </p>
      )}
      <ul className="timeline" aria-label={t("record.timeline")}>
        {items.map((item) => (
          <li key={item.id}>
            <span className={`ring${item.machine ? " machine" : ""}`} aria-hidden="true">
              <item.icon size={13} />
            </span>
            <div className="row dense">
              <span className="grow">{item.head}</span>
              <time className="meta" dateTime={item.at}>
                {moment(item.at, locale, zone)}
              </time>
            </div>
            {item.body}
          </li>
        ))}
      </ul>
      {found.hasNextPage && (
        <Button
          type="link"
          size="small"
          loading={found.isFetchingNextPage}
          onClick={() => found.fetchNextPage()}
        >
          {t("record.older")}
        </Button>
      )}
    </>
  );
}
