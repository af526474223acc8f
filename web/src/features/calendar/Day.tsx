import { useDroppable } from "@dnd-kit/core";
import { Plus } from "lucide-react";
import { type ReactNode, useState } from "react";
import { useTranslation } from "react-i18next";
import { spoken } from "./useCalendar";

interface Props {
  day: string;
  today: string;
  /** Outside the month that is shown. */
  outside: boolean;
  target: boolean;
  count: number;
  most: number;
  children: ReactNode[];
  notice: ReactNode;
  adding: ReactNode;
  head: ReactNode;
  onAdd?: () => void;
}

/** A day: a place to drop on, its records, and a way to add one. */
export function Day(props: Props) {
  const { day, today, count, most, children } = props;
  const { t, i18n } = useTranslation();
  const drop = useDroppable({ id: day });
  const [all, setAll] = useState(false);
  const shown = all || count <= most ? children : children.slice(0, most - 1);
  const name = spoken(day, i18n.language);
  return (
    <section
      ref={drop.setNodeRef}
      data-drop={day}
      aria-label={`${name}${day === today ? ` ${t("calendar.today")}` : ""}`}
      className={`day${props.outside ? " outside" : ""}${day === today ? " today" : ""}${drop.isOver || props.target ? " over" : ""}`}
    >
      <header className="row">
        {props.head}
        <span className="grow" />
        {props.onAdd && (
          <button
            type="button"
            className="plain icon add"
            aria-label={t("calendar.add", { day: name })}
            onClick={props.onAdd}
          >
            <Plus size={14} />
          </button>
        )}
      </header>
      {props.adding}
      {props.notice}
      <div role="list">{shown}</div>
      {shown.length < count && (
        <button type="button" className="plain meta more" onClick={() => setAll(true)}>
          {t("calendar.more", { count: count - shown.length })}
        </button>
      )}
    </section>
  );
}
