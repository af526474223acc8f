import { useDraggable } from "@dnd-kit/core";
import { Link } from "@tanstack/react-router";
import { Dropdown } from "antd";
import { Clock, Ellipsis, GripVertical } from "lucide-react";
import { useTranslation } from "react-i18next";
import { lateBy } from "@/features/records/columns";
import { useMe } from "@/shared/api/queries";
import type { ObjectDef, OptionDef, RecordData, Link as RecordLink } from "@/shared/api/types";
import { label, money, todayIn, wallTime } from "@/shared/format/format";
import { TierMark } from "@/shared/TierMark";

export const nameOf = (object: ObjectDef, record: RecordData) =>
  String(record[object.name_field ?? "serial"] ?? record.serial ?? "—");

interface Look {
  object: ObjectDef;
  record: RecordData;
  tier?: string;
  stale: boolean;
}

/** Five facts: tier and account, name, money, next step, days; and whose it is. */
export function CardFace({ object, record, tier, stale, linked }: Look & { linked?: boolean }) {
  const { t, i18n } = useTranslation();
  const me = useMe();
  const locale = i18n.language;
  const zone = me.data?.workspace.time_zone ?? "UTC";
  const account = record.account as RecordLink | null | undefined;
  const owner = record.owner as RecordLink | null | undefined;
  const close = object.fields.find((field) => field.key === "close_date");
  const late = close ? lateBy(object.fields, close, record, todayIn(zone)) : null;
  const stage = object.fields.find((field) => field.type === "stage");
  const open = (stage?.options?.find((one) => one.key === record[stage.key])?.kind ?? "open") === "open";
  const name = nameOf(object, record);
  const step = object.fields.some((field) => field.key === "next_step");
  return (
    <>
      <div className="row dense deal-account">
        <TierMark tier={tier} />
        <span className="cut">{account?.label ?? "—"}</span>
      </div>
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
      <div className="row dense">
        <span className="strong grow num-left">
          {money(
            record.amount,
            String(record.amount_currency ?? me.data?.workspace.currency ?? "CNY"),
            locale,
          )}
        </span>
        {owner && (
          <span className="avatar" role="img" aria-label={owner.label} title={owner.label}>
            {owner.label.slice(0, 1)}
          </span>
        )}
      </div>
      <div className="row meta deal-foot">
        {open ? (
          <>
            {step && (
              <span className={`cut grow${record.next_step ? "" : " attention"}`}>
                {String(record.next_step ?? t("board.noNext"))}
              </span>
            )}
            {late !== null ? (
              <span className="bad strong">{t("board.late")}</span>
            ) : stale ? (
              <span className="stale">
                <Clock size={12} aria-hidden="true" />
                {t("board.stay", { count: Number(record.days_in_stage) })}
              </span>
            ) : (
              record.days_in_stage != null && (
                <span>{t("board.days", { count: Number(record.days_in_stage) })}</span>
              )
            )}
          </>
        ) : (
          <span className="cut">
            {label(stage?.options?.find((one) => one.key === record[stage.key])?.labels, locale)}{" "}
            {typeof record.closed_at === "string" ? wallTime(record.closed_at, zone).slice(5, 10) : ""}
          </span>
        )}
      </div>
    </>
  );
}

/** A deal that can be taken to another stage: dragged, by the keyboard from its grip, or from its menu. */
export function Card({
  object,
  record,
  tier,
  stale,
  stages,
  waiting,
  may,
  place,
  onMove,
}: Look & {
  stages: OptionDef[];
  /** On its way, or waiting for what is missing. */
  waiting: boolean;
  may: boolean;
  place: string;
  onMove: (record: RecordData, stage: OptionDef) => void;
}) {
  const { t, i18n } = useTranslation();
  const drag = useDraggable({ id: record.id, data: record, disabled: !may || waiting });
  const name = nameOf(object, record);
  const present = record[object.fields.find((field) => field.type === "stage")?.key ?? ""];
  const { onKeyDown, ...pointer } = (drag.listeners ?? {}) as Record<string, (event: never) => void>;
  const grip = (element: HTMLElement) => element.querySelector<HTMLElement>(".grip");
  return (
    <article
      ref={drag.setNodeRef}
      {...pointer}
      data-place={place}
      className={`deal${drag.isDragging || waiting ? " away" : ""}`}
      aria-label={name}
      aria-busy={waiting}
      onKeyDown={(event) => {
        const here = grip(event.currentTarget);
        if (event.key.toLowerCase() !== "m" || !here || event.target === here) return;
        if (event.ctrlKey || event.metaKey || event.nativeEvent.isComposing) return;
        event.preventDefault();
        event.stopPropagation();
        here.focus();
        here.dispatchEvent(new KeyboardEvent("keydown", { code: "Space", key: " ", bubbles: true }));
      }}
    >
      <CardFace {...{ object, record, tier, stale }} linked />
      {may && (
        <span className="deal-tools">
          <button
            type="button"
            ref={drag.setActivatorNodeRef}
            className="plain grip"
            {...drag.attributes}
            onKeyDown={onKeyDown as never}
            aria-label={t("board.move", { name })}
          >
            <GripVertical size={14} />
          </button>
          <Dropdown
            trigger={["click"]}
            menu={{
              items: stages
                .filter((one) => one.key !== present)
                .map((one) => ({
                  key: one.key,
                  label: `${t("board.moveTo")} ${label(one.labels, i18n.language)}`,
                  onClick: () => onMove(record, one),
                })),
            }}
          >
            <button
              type="button"
              className="plain"
              aria-label={t("board.menu", { name })}
              onPointerDown={(event) => event.stopPropagation()}
              onMouseDown={(event) => event.stopPropagation()}
            >
              <Ellipsis size={14} />
            </button>
          </Dropdown>
        </span>
      )}
    </article>
  );
}
