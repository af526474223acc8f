import { Link } from "@tanstack/react-router";
import { Button, Dropdown } from "antd";
import { Ellipsis, type LucideIcon } from "lucide-react";
import { lazy, Suspense, useState } from "react";
import { useTranslation } from "react-i18next";
import { useObject } from "@/shared/api/queries";
import type { OptionDef, RecordData } from "@/shared/api/types";
import { money } from "@/shared/format/format";
import { StageBar } from "@/shared/StageBar";
import { TierMark } from "@/shared/TierMark";
import { type DeskAction, type DeskItem, dueText } from "./model";
import type { Acts } from "./useActs";

// What only a second tap asks for is not part of the first load.
const DayMenu = lazy(async () => ({ default: (await import("./DayMenu")).DayMenu }));
const LogLine = lazy(async () => ({ default: (await import("@/features/records/LogLine")).LogLine }));

interface Props {
  item: DeskItem;
  rank: number;
  icon: LucideIcon;
  tier: string | undefined;
  acts: Acts;
  zone: string;
  today: string;
  focused: boolean;
  open: "log" | "date" | "rest" | null;
  onOpen: (what: Props["open"]) => void;
  onGo: () => void;
}

/** One thing to do: its rank, what and why, what it is worth, when it is due, and one button. */
export function Row(props: Props) {
  const { item, rank, icon: Icon, tier, acts, zone, today, focused, open, onOpen, onGo } = props;
  const { t, i18n } = useTranslation();
  const locale = i18n.language;
  const object = useObject(item.object);
  const [busy, setBusy] = useState(false);
  const [first, ...others] = item.actions;
  const stages = object?.fields.find((field) => field.type === "stage")?.options as OptionDef[] | undefined;
  const refused = acts.refused[`${item.source}.${item.record.id}`];
  const due = dueText(item, locale, zone, t);
  const act = async (action: DeskAction) => {
    if (action.kind === "open") return onGo();
    if (action.kind === "log") return onOpen("log");
    if (action.kind === "date") return onOpen("date");
    setBusy(true);
    await acts.finish(item, action);
    setBusy(false);
  };
  const dated = item.actions.find((one) => one.kind === "date");
  const menu = [
    ...others.map((one) => ({ key: one.key, label: one.label, onClick: () => void act(one) })),
    ...(item.actions.some((one) => one.kind === "open")
      ? []
      : [{ key: "open", label: t("desk.open"), onClick: onGo }]),
    { type: "divider" as const },
    { key: "rest", label: t("desk.rest"), onClick: () => onOpen("rest") },
  ];
  const title = item.title || item.record.label || "—";
  const name = item.record.label && item.record.label !== title && !title.includes(item.record.label);
  return (
    <li
      className={`thing${rank === 1 ? " first" : ""}${focused ? " focused" : ""}`}
      data-key={item.record.id}
    >
      <div className="thing-line">
        <span className="rank num meta">{rank}</span>
        <span className={`thing-icon${item.late ? " late" : ""}`}>
          <Icon size={16} strokeWidth={1.7} />
        </span>
        <div className="grow what">
          <Link
            className="thing-title"
            to="/o/$object/$id"
            params={{ object: item.object, id: item.record.id }}
          >
            {title}
          </Link>
          <p className="why dense">
            {[item.reason, ...item.also.map((one) => one.reason)].join(t("desk.and"))}
          </p>
          {(item.about || item.stage || name) && (
            <p className="about meta">
              <TierMark tier={tier} />
              {item.stage && stages && <StageBar stages={stages} value={item.stage} />}
              <span className="cut">
                {[item.about?.label, name ? item.record.label : ""].filter(Boolean).join(" · ")}
              </span>
            </p>
          )}
        </div>
        <span className="worth num dense">
          {item.amount !== null &&
            Number(item.amount) > 0 &&
            money(item.amount, item.currency ?? "CNY", locale)}
        </span>
        <span className={`due dense${item.late ? " bad strong" : ""}`}>{due}</span>
        <span className="acts">
          {first && (
            <Button type={rank === 1 ? "primary" : "default"} loading={busy} onClick={() => void act(first)}>
              {first.label}
            </Button>
          )}
          <Dropdown trigger={["click"]} menu={{ items: menu }} placement="bottomRight">
            <button type="button" className="plain more-acts" aria-label={t("desk.more", { name: title })}>
              <Ellipsis size={16} strokeWidth={1.7} />
            </button>
          </Dropdown>
          <button type="button" className="plain later" onClick={() => onOpen("rest")}>
            {t("desk.later")}
          </button>
        </span>
      </div>
      {refused && (
        <p className="bad dense thing-more" role="alert">
          {refused}
        </p>
      )}
      {(open === "date" || open === "rest") && (
        <Suspense fallback={null}>
          <DayMenu
            title={open === "rest" ? t("desk.restUntil") : (dated?.label ?? "")}
            today={today}
            onClose={() => onOpen(null)}
            onDay={(day) => {
              onOpen(null);
              void (open === "date" && dated ? acts.postpone(item, dated, day) : acts.rest(item, day));
            }}
          />
        </Suspense>
      )}
      {open === "log" && object && (
        <div className="thing-more">
          <Suspense fallback={null}>
            <LogLine
              object={object}
              record={
                { ...item.record, ...(item.about ? { account: item.about } : {}) } as unknown as RecordData
              }
              autoFocus
              onSaved={(saved, kind) => {
                onOpen(null);
                void acts.logged(item, kind, saved);
              }}
              onLeave={() => onOpen(null)}
            />
          </Suspense>
        </div>
      )}
    </li>
  );
}
