import { useDroppable } from "@dnd-kit/core";
import { type InfiniteData, useInfiniteQuery } from "@tanstack/react-query";
import { ChevronsRight, Plus } from "lucide-react";
import { type ReactNode, useEffect, useRef } from "react";
import { useTranslation } from "react-i18next";
import { both } from "@/features/records/filters";
import type { Stay } from "@/features/records/stays";
import { useTiers } from "@/features/records/useTiers";
import { api, query } from "@/shared/api/client";
import { useMe } from "@/shared/api/queries";
import type { FieldDef, ObjectDef, OptionDef, RecordData, Link as RecordLink } from "@/shared/api/types";
import { label, short } from "@/shared/format/format";
import { ProblemBox } from "@/shared/Problem";
import { StageBar } from "@/shared/StageBar";
import { Card } from "./Card";
import { columnFilter } from "./model";

const PAGE = 30;
const FIELDS = [
  "name",
  "account",
  "amount",
  "next_step",
  "owner",
  "days_in_stage",
  "close_date",
  "closed_at",
  "probability",
];

interface Page {
  records: RecordData[];
  next: string | null;
}

interface Props {
  object: ObjectDef;
  stageField: FieldDef;
  stage: OptionDef;
  stages: OptionDef[];
  place: number;
  filter: unknown;
  sort: string;
  stay: Stay | undefined;
  largest: number;
  stale: (stage: string, days: number) => boolean;
  /** What the card in the air would lack here, null when none is. */
  lacks: number | null;
  dragging: boolean;
  waiting: string | null;
  arriving: boolean;
  refusal: ReactNode;
  mayMove: boolean;
  onMove: (record: RecordData, stage: OptionDef) => void;
  onNew?: () => void;
  onFold?: () => void;
}

/** A stage: how many stand in it, what they come to, how long they stay; its cards, fetched as one scrolls. */
export function Column(props: Props) {
  const { object, stageField, stage, stages, filter, sort, stay, largest, lacks, refusal } = props;
  const { t, i18n } = useTranslation();
  const me = useMe();
  const locale = i18n.language;
  const drop = useDroppable({ id: stage.key });
  const known = FIELDS.filter((one) => object.fields.some((field) => field.key === one));
  if (object.name_field && !known.includes(object.name_field)) known.unshift(object.name_field);
  const cards = useInfiniteQuery<Page, Error, InfiniteData<Page>, unknown[], string>({
    queryKey: ["board", object.key, stage.key, filter ?? null, sort],
    queryFn: ({ pageParam }) =>
      api<Page>(
        `/records/${object.key}${query({
          filter: both(filter, columnFilter(object, stageField, stage)),
          sort: stage.kind === "open" || stage.kind === undefined ? sort : "-modified_at",
          limit: PAGE,
          cursor: pageParam,
          fields: [...known, stageField.key].join(","),
        })}`,
      ),
    initialPageParam: "",
    getNextPageParam: (last) => last.next,
    placeholderData: (before) => before,
  });
  const rows = cards.data?.pages.flatMap((page) => page.records) ?? [];
  const tiers = useTiers(rows.flatMap((row) => (row.account as RecordLink | null)?.id ?? []));
  const end = useRef<HTMLDivElement>(null);
  const { hasNextPage, isFetchingNextPage, fetchNextPage } = cards;
  useEffect(() => {
    const mark = end.current;
    if (!mark || !hasNextPage || typeof IntersectionObserver === "undefined") return;
    const seen = new IntersectionObserver(
      (entries) => entries.some((one) => one.isIntersecting) && !isFetchingNextPage && void fetchNextPage(),
      { root: mark.closest(".cards"), rootMargin: "400px" },
    );
    seen.observe(mark);
    return () => seen.disconnect();
  }, [hasNextPage, isFetchingNextPage, fetchNextPage]);
  const name = label(stage.labels, locale);
  const kind = stage.kind ?? "open";
  const count = stay?.count ?? 0;
  const share = largest > 0 ? (stay?.sum ?? 0) / largest : 0;
  const left = Math.max(0, count - rows.length);
  return (
    <section
      ref={drop.setNodeRef}
      className={`column${drop.isOver ? (lacks ? " over refuses" : " over") : ""}${lacks ? " dim" : ""}${refusal ? " asking" : ""}`}
      aria-label={name}
    >
      <header>
        <div className="row">
          <StageBar stages={stages} value={stage.key} />
          <h2 className="cut">{name}</h2>
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
        <div className="row">
          <b className="grow num-left">{short(stay?.sum ?? 0, locale, me.data?.workspace.currency)}</b>
          <span className={lacks ? "meta lacks" : "meta"}>
            {lacks
              ? t("board.short", { count: lacks })
              : kind === "open"
                ? stay?.median !== null &&
                  stay?.median !== undefined &&
                  t("board.medianDays", { count: stay.median })
                : t("board.thisQuarter")}
          </span>
        </div>
        <div className="bar" aria-hidden="true">
          <i className={kind} style={{ width: `${Math.round(share * 100)}%` }} />
        </div>
      </header>
      <div className="cards">
        {refusal}
        {props.arriving && <div className="deal arriving meta">{t("board.moving")}</div>}
        {cards.error && <ProblemBox error={cards.error} retry={() => cards.refetch()} />}
        {cards.isPending &&
          [0, 1, 2].map((one) => <div key={one} className="deal still late-in" aria-hidden="true" />)}
        {rows.map((record, at) => (
          <Card
            key={record.id}
            object={object}
            record={record}
            tier={tiers.get((record.account as RecordLink | null)?.id ?? "")}
            stale={kind === "open" && props.stale(stage.key, Number(record.days_in_stage ?? 0))}
            stages={stages}
            waiting={props.waiting === record.id}
            may={props.mayMove}
            place={`${props.place}.${at}`}
            onMove={props.onMove}
          />
        ))}
        <div ref={end} />
        {left > 0 && <p className="meta more">{t("board.more", { count: left })}</p>}
        {cards.isSuccess && rows.length === 0 && !refusal && <p className="meta more">{t("board.empty")}</p>}
      </div>
    </section>
  );
}

/** The lost deals folded to a strip: a place to drop on, a click opens it. */
export function LostStrip({
  stage,
  count,
  dragging,
  onOpen,
}: {
  stage: OptionDef;
  count: number;
  dragging: boolean;
  onOpen: () => void;
}) {
  const { t, i18n } = useTranslation();
  const drop = useDroppable({ id: stage.key });
  const name = label(stage.labels, i18n.language);
  return (
    <button
      ref={drop.setNodeRef}
      type="button"
      className={`plain lost-strip${drop.isOver ? " over" : ""}${dragging ? " wide" : ""}`}
      aria-label={t("board.showLost", { name })}
      onClick={onOpen}
    >
      <span>{name}</span>
      <span className="meta">{count}</span>
    </button>
  );
}
