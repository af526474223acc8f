import { useInfiniteQuery } from "@tanstack/react-query";
import { Button } from "antd";
import { ArrowRight, Pencil, Plus, Trash2 } from "lucide-react";
import { useTranslation } from "react-i18next";
import { api, query } from "@/shared/api/client";
import { useMe } from "@/shared/api/queries";
import type { Link, ObjectDef, RecordData } from "@/shared/api/types";
import { label, moment, number } from "@/shared/format/format";

interface Entry {
  id: string;
  at: string;
  actor: Link | null;
  kind: string;
  reason: string | null;
  changes: Record<string, [unknown, unknown]>;
}

const QUIET = new Set(["owner", "team", "pipeline", "serial", "created_at", "modified_at"]);

export function Timeline({ object, record }: { object: ObjectDef; record: RecordData }) {
  const { t, i18n } = useTranslation();
  const me = useMe();
  const locale = i18n.language;
  const found = useInfiniteQuery({
    queryKey: ["timeline", object.key, record.id, record.version],
    queryFn: ({ pageParam }) =>
      api<{ entries: Entry[]; next: string | null }>(
        `/records/${object.key}/${record.id}/timeline${query({ cursor: pageParam })}`,
      ),
    initialPageParam: "",
    getNextPageParam: (last) => last.next,
    placeholderData: (before) => before,
  });
  const entries = found.data?.pages.flatMap((page) => page.entries) ?? [];
  const words = (key: string, value: unknown): string => {
    if (value === null || value === undefined || value === "") return "—";
    const field = object.fields.find((one) => one.key === key);
    const option = field?.options?.find((one) => one.key === value);
    if (option) return label(option.labels, locale);
    if (typeof value === "object") {
      const inner = value as { amount?: string; label?: string };
      return inner.amount ? number(inner.amount) : (inner.label ?? "…");
    }
    if (field && ["relation", "user", "team"].includes(field.type)) {
      const link = record[key] as Link | null;
      return link && link.id === value ? link.label : "…";
    }
    if (field?.kind === "number") return number(value);
    return String(value);
  };
  if (found.isSuccess && entries.length === 0) return <p className="meta">{t("record.noEntries")}</p>;
  return (
    <>
      <ul className="timeline">
        {entries.map((entry) => {
          const keys = Object.keys(entry.changes).filter(
            (key) => entry.kind !== "created" || !QUIET.has(key),
          );
          const stageKey = keys.find(
            (key) => object.fields.find((field) => field.key === key)?.type === "stage",
          );
          const moved = entry.kind !== "created" && stageKey;
          const Icon =
            entry.kind === "created" ? Plus : entry.kind === "deleted" ? Trash2 : moved ? ArrowRight : Pencil;
          const what = moved ? "moved" : entry.kind;
          return (
            <li key={entry.id}>
              <span className="ring">
                <Icon size={13} />
              </span>
              <div className="row dense">
                <span className="grow">
                  <b className="strong">{entry.actor?.label ?? t("record.system")}</b>{" "}
                  {t(
                    `record.${["created", "changed", "moved", "deleted", "restored"].includes(what) ? what : "changed"}`,
                  )}
                </span>
                <time className="meta num">
                  {moment(entry.at, locale, me.data?.workspace.time_zone ?? "UTC")}
                </time>
              </div>
              {entry.kind !== "created" &&
                keys.map((key) => {
                  const [before, after] = entry.changes[key] ?? [null, null];
                  const field = object.fields.find((one) => one.key === key);
                  return (
                    <div key={key} className="dense">
                      <span className="meta">{label(field?.labels, locale) || key}</span>{" "}
                      <del>{words(key, before)}</del> → <b className="strong">{words(key, after)}</b>
                    </div>
                  );
                })}
              {entry.reason && <p className="dense">{entry.reason}</p>}
            </li>
          );
        })}
      </ul>
      {found.hasNextPage && (
        <Button type="link" onClick={() => found.fetchNextPage()}>
          {t("record.older")}
        </Button>
      )}
    </>
  );
}
