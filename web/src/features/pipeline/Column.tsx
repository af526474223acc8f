import { useDroppable } from "@dnd-kit/core";
import { useVirtualizer } from "@tanstack/react-virtual";
import { ChevronsRight, Plus } from "lucide-react";
import { type ReactNode, useEffect, useRef } from "react";
import { useTranslation } from "react-i18next";
import { useMe } from "@/shared/api/queries";
import type { OptionDef, RecordData, Link as RecordLink } from "@/shared/api/types";
import { label, short } from "@/shared/format/format";
import { ProblemBox } from "@/shared/Problem";
import { StageBar } from "@/shared/StageBar";
import { Card } from "./Card";
import { CardFace, daysHere } from "./CardFace";
import { type Asked, useCards } from "./cards";
import { boardOf, kindOf } from "./model";
import type { ColumnSums } from "./sums";

/** What the board asks of a column when the focus goes there by arrows. */
export interface ColumnHandle {
  count: number;
  focus: (card: number) => void;
}

interface Props {
  asked: Asked;
  card: string[];
  stage: OptionDef;
  stages: OptionDef[];
  place: number;
  sums: ColumnSums | undefined;
  largest: number;
  stale: (stage: string, days: number | null) => boolean;
  /** What the card in the air would lack here, null when none is. */
  lacks: number | null;
  /** Ids of cards that are on their way or wait for an answer. */
  waiting: Set<string>;
  /** The card that is on its way here. */
  arriving: RecordData | null;
  /** Who has brought which card, for a while. */
  marks: Map<string, string>;
  notice: ReactNode;
  mayMove: boolean;
  onHandle: (place: number, handle: ColumnHandle) => void;
  onMove: (record: RecordData, stage: OptionDef) => void;
  onNew?: () => void;
  onFold?: () => void;
}

const CARD = 116; // with its gap; measured once it is drawn

/** A column: how many stand in it, what they come to, how long they stay; its cards, fetched and drawn as one scrolls. */
export function Column(props: Props) {
  const { asked, card, stage, stages, sums, largest, lacks, notice, place } = props;
  const { object, group } = asked;
  const { t, i18n } = useTranslation();
  const me = useMe();
  const locale = i18n.language;
  const zone = me.data?.workspace.time_zone ?? "UTC";
  const drop = useDroppable({ id: stage.key || "none" });
  const cards = useCards(asked, stage);
  const pages = cards.data?.pages ?? [];
  const rows = pages.flatMap((page) => page.records);
  const top = object.fields.find((field) => field.key === card[0]);
  // The marks of related records are asked for page by page, so that a further page does not ask for all again.
  const related = (at: number) => {
    let first = 0;
    for (const page of pages) {
      if (at < first + page.records.length)
        return [
          ...new Set(page.records.flatMap((row) => (row[top?.key ?? ""] as RecordLink | null)?.id ?? [])),
        ].sort();
      first += page.records.length;
    }
    return [];
  };
  const box = useRef<HTMLDivElement>(null);
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => box.current,
    estimateSize: () => CARD,
    getItemKey: (at) => rows[at]?.id ?? at,
    overscan: 8,
  });
  const items = virtual.getVirtualItems();
  const { hasNextPage, isFetchingNextPage, fetchNextPage } = cards;
  const last = items.at(-1)?.index ?? -1;
  useEffect(() => {
    if (hasNextPage && !isFetchingNextPage && last >= rows.length - 12) void fetchNextPage();
  }, [hasNextPage, isFetchingNextPage, fetchNextPage, last, rows.length]);
  const focus = (at: number) => {
    virtual.scrollToIndex(at);
    requestAnimationFrame(() =>
      requestAnimationFrame(() =>
        box.current?.querySelector<HTMLElement>(`[data-place="${place}.${at}"] .deal-name`)?.focus(),
      ),
    );
  };
  props.onHandle(place, { count: rows.length, focus });
  const name = label(stage.labels, locale);
  const kind = kindOf(stage);
  const count = sums?.count ?? 0;
  const share = largest > 0 ? (sums?.sum ?? 0) / largest : 0;
  const { sum } = boardOf(object);
  const usual =
    sums?.median != null && sums.median >= 0.5
      ? t("board.medianDays", { count: Math.round(sums.median) })
      : "";
  return (
    <section
      ref={drop.setNodeRef}
      className={`column${drop.isOver ? (lacks ? " over refuses" : " over") : ""}${lacks ? " dim" : ""}${notice ? " asking" : ""}`}
      aria-label={name}
      data-stage={stage.key}
    >
      <header>
        <div className="row head">
          {group.type === "stage" && <StageBar stages={stages} value={stage.key} />}
          <h2 className="cut" title={name}>
            {name}
          </h2>
          <span className="meta count num-left">{count}</span>
          {props.onNew && (
            <button
              type="button"
              className="plain icon"
              aria-label={t("board.newIn", { name: label(object.labels, locale), stage: name })}
              onClick={props.onNew}
            >
              <Plus size={15} />
            </button>
          )}
          {props.onFold && (
            <button
              type="button"
              className="plain icon"
              aria-label={t("board.hideLost", { name })}
              onClick={props.onFold}
            >
              <ChevronsRight size={15} />
            </button>
          )}
        </div>
        {sum && (
          <div className="row">
            <b className="grow num-left">{short(sums?.sum ?? 0, locale, me.data?.workspace.currency)}</b>
            <span
              className={lacks ? "meta lacks" : "meta"}
              title={
                usual && kind === "open" && !lacks
                  ? t(sums?.visits ? "board.medianOf" : "board.medianNow", { count: sums?.visits ?? 0 })
                  : undefined
              }
            >
              {lacks ? t("board.short", { count: lacks }) : kind === "open" ? usual : t("board.thisQuarter")}
            </span>
          </div>
        )}
        {sum && (
          <div className="bar" aria-hidden="true">
            <i className={kind} style={{ width: `${Math.round(share * 100)}%` }} />
          </div>
        )}
      </header>
      <div className="cards" ref={box}>
        {notice}
        {props.arriving && (
          <div className="deal arriving" aria-busy="true">
            <CardFace object={object} group={group} card={card} record={props.arriving} stale={false} />
            <span className="meta moved-by">{t("board.moving")}</span>
          </div>
        )}
        {cards.error && <ProblemBox error={cards.error} retry={() => cards.refetch()} />}
        {cards.isPending &&
          [0, 1, 2].map((one) => <div key={one} className="deal still late-in" aria-hidden="true" />)}
        <div className="virtual" style={{ height: virtual.getTotalSize() }}>
          {items.map((item) => {
            const record = rows[item.index];
            if (!record) return null;
            return (
              <div
                key={item.key}
                ref={virtual.measureElement}
                data-index={item.index}
                className="slot"
                style={{ transform: `translateY(${item.start}px)` }}
              >
                <Card
                  object={object}
                  group={group}
                  card={card}
                  record={record}
                  related={related(item.index)}
                  stale={kind === "open" && props.stale(stage.key, daysHere(record, zone))}
                  stages={stages}
                  waiting={props.waiting.has(record.id)}
                  may={props.mayMove}
                  place={`${place}.${item.index}`}
                  moved={props.marks.get(record.id)}
                  onMove={props.onMove}
                />
              </div>
            );
          })}
        </div>
        {count > rows.length && rows.length > 0 && (
          <p className="meta more">{t("board.more", { count: count - rows.length })}</p>
        )}
        {cards.isSuccess && rows.length === 0 && !notice && !props.arriving && (
          <p className="meta more">{t("board.empty")}</p>
        )}
      </div>
    </section>
  );
}
