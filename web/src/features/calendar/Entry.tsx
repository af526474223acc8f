import { useDraggable } from "@dnd-kit/core";
import { Link } from "@tanstack/react-router";
import { Button, Dropdown } from "antd";
import { Check, CircleAlert, Ellipsis } from "lucide-react";
import { useTranslation } from "react-i18next";
import { useSentence } from "@/shared/Problem";
import { type Item, keyOf, plus, type Source, timeOf } from "./model";
import { spoken } from "./useCalendar";

/** A dot in a color of the palette, by its place. */
export function Dot({ color }: { color: string | null }) {
  const place = /^[1-8]$/.test(color ?? "") ? color : "8";
  return <i className={`dot dot-${place}`} aria-hidden="true" />;
}

interface Props {
  item: Item;
  source: Source | undefined;
  zone: string;
  day: string;
  today: string;
  may: boolean;
  carried: boolean;
  name: string;
  onMove: (day: string) => void;
}

/** A record on its day: drag it, or M and the arrows, or its menu, to another day. */
export function Entry({ item, source, zone, day, today, may, carried, name, onMove }: Props) {
  const { t, i18n } = useTranslation();
  const drag = useDraggable({ id: keyOf(item), data: item, disabled: !may });
  const time = timeOf(item.at, zone);
  const choices: [string, string][] = [
    [t("calendar.today"), today],
    [t("calendar.dayBefore"), plus(day, -1)],
    [t("calendar.dayAfter"), plus(day, 1)],
    [t("calendar.weekAfter"), plus(day, 7)],
  ];
  const { tabIndex: _, role: __, ...attributes } = drag.attributes;
  const late = !item.done && day < today;
  return (
    <div
      ref={drag.setNodeRef}
      {...attributes}
      {...drag.listeners}
      role="listitem"
      data-item={keyOf(item)}
      data-day={day}
      className={`entry${item.done ? " done" : ""}${drag.isDragging || carried ? " away" : ""}`}
    >
      <Dot color={source?.color ?? null} />
      {item.done && <Check size={12} className="settled" aria-hidden="true" />}
      <Link
        to="/o/$object/$id"
        params={{ object: item.object, id: item.id }}
        className="entry-name cut"
        draggable={false}
        title={`${name} · ${item.title}${item.person ? ` · ${item.person.label}` : ""}`}
      >
        {time && <span className={`num time${late ? " bad" : ""}`}>{time}</span>}
        {item.title || "—"}
        <span className="spoken">
          {name} {late ? t("calendar.late") : item.done ? t("calendar.done") : ""}
        </span>
      </Link>
      {may && (
        <Dropdown
          trigger={["click"]}
          menu={{
            items: choices
              .filter(([, to]) => to !== day)
              .map(([text, to]) => ({
                key: text,
                label: `${text} · ${spoken(to, i18n.language)}`,
                onClick: () => onMove(to),
              })),
          }}
        >
          <button
            type="button"
            className="plain"
            aria-label={t("calendar.menu", { name: item.title })}
            onPointerDown={(event) => event.stopPropagation()}
            onMouseDown={(event) => event.stopPropagation()}
            onTouchStart={(event) => event.stopPropagation()}
          >
            <Ellipsis size={13} />
          </button>
        </Dropdown>
      )}
    </div>
  );
}

/** Why an item is back on its day, with another try. */
export function NotMoved({
  problem,
  name,
  onRetry,
  onClose,
}: {
  problem: unknown;
  name: string;
  onRetry: () => void;
  onClose: () => void;
}) {
  const { t } = useTranslation();
  const sentence = useSentence();
  return (
    <section
      className="not-moved"
      role="alertdialog"
      aria-label={t("calendar.notMoved", { name })}
      onKeyDown={(event) => event.key === "Escape" && onClose()}
    >
      <p className="row bad strong dense">
        <CircleAlert size={13} aria-hidden="true" /> {t("calendar.notMoved", { name })}
      </p>
      <p className="meta">{sentence(problem)}</p>
      <div className="row">
        <Button size="small" type="primary" autoFocus onClick={onRetry}>
          {t("error.retry")}
        </Button>
        <Button size="small" onClick={onClose}>
          {t("board.putBack")}
        </Button>
      </div>
    </section>
  );
}
