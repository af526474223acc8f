import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { conditions, subjectOf } from "@/features/dashboard/subject";
import { api, query } from "@/shared/api/client";
import { useAggregate } from "@/shared/api/queries";
import type { Labels, Me, ObjectDef } from "@/shared/api/types";
import { number, short, wallTime } from "@/shared/format/format";

interface Entry {
  source: string;
  object: string;
  id: string;
  title: string;
  at: string;
  done: boolean;
}
interface Calendar {
  sources: { key: string; labels: Labels }[];
  items: Entry[];
}

/** What is mine at this moment: open value, what was won this month, and the hours of today. */
export function Side({ me, objects, today }: { me: Me; objects: ObjectDef[]; today: string }) {
  return (
    <aside className="desk-side">
      <Mine me={me} objects={objects} />
      <Today zone={me.workspace.time_zone} today={today} />
    </aside>
  );
}

function Mine({ me, objects }: { me: Me; objects: ObjectDef[] }) {
  const { t, i18n } = useTranslation();
  const subject = subjectOf(objects.filter((one) => me.objects[one.key]?.read !== "none"));
  const ask = subject && conditions(subject);
  const own = { field: "owner", op: "eq", value: { who: "me" } };
  const measures = [{ op: "count" }, ...(subject?.money ? [{ op: "sum", field: subject.money.key }] : [])];
  const openFilter = ask?.open(own as never);
  const wonFilter = ask?.won("this_month", own as never);
  const object = subject?.object.key ?? "";
  const able = Boolean(subject?.owner);
  const open = useAggregate(object, { filter: openFilter, measures }, able).data?.rows[0];
  const won = useAggregate(object, { filter: wonFilter, measures }, able).data?.rows[0];
  if (!subject || !able || !open) return null;
  const sum = `sum_${subject.money?.key}`;
  const currency = me.workspace.currency;
  const text = (row: Record<string, unknown> | undefined) =>
    subject.money ? short(row?.[sum], i18n.language, currency) : number(row?.count ?? 0);
  return (
    <section className="card mine" aria-label={t("desk.mine")}>
      <h2>{t("desk.mine")}</h2>
      <Link to="/o/$object" params={{ object }} search={{ filter: openFilter }} className="display">
        {text(open)}
      </Link>
      <p className="meta">{t("desk.openDeals", { count: Number(open.count), shown: number(open.count) })}</p>
      <p className="side-line dense">
        <span>{t("desk.wonThisMonth")}</span>
        <Link to="/o/$object" params={{ object }} search={{ filter: wonFilter }} className="num">
          {text(won)}
        </Link>
      </p>
    </section>
  );
}

function Today({ zone, today }: { zone: string; today: string }) {
  const { t, i18n } = useTranslation();
  const found = useQuery({
    queryKey: ["calendar", "desk", today],
    queryFn: () => api<Calendar>(`/calendar${query({ from: today, to: today, person: "me" })}`),
    staleTime: 60_000,
    retry: false,
  });
  const now = wallTime(new Date().toISOString(), zone).slice(11);
  const clock = (one: Entry) => (one.at.length > 10 ? wallTime(one.at, zone).slice(11) : "");
  const items = [...(found.data?.items ?? [])].sort((a, b) => clock(a).localeCompare(clock(b)));
  const labelOf = (one: Entry) => {
    const labels = found.data?.sources.find((source) => source.key === one.source)?.labels;
    return labels ? (i18n.language === "en" ? labels.en : labels.zh) : "";
  };
  return (
    <section className="card today" aria-label={t("desk.schedule")}>
      <h2>{t("desk.schedule")}</h2>
      {items.length === 0 && <p className="meta">{t("desk.noSchedule")}</p>}
      <ol className="hours">
        {items.slice(0, 8).map((one) => (
          <li key={`${one.source}-${one.id}`} className={one.done ? "done" : clock(one) < now ? "past" : ""}>
            <time className="num meta">{clock(one) || t("desk.allDay")}</time>
            <Link to="/o/$object/$id" params={{ object: one.object, id: one.id }}>
              <span className="cut">{one.title || "—"}</span>
              <span className="meta">{labelOf(one)}</span>
            </Link>
          </li>
        ))}
      </ol>
    </section>
  );
}
