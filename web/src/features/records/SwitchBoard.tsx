import { Link } from "@tanstack/react-router";
import { CalendarDays, SquareKanban, Table2 } from "lucide-react";
import { useTranslation } from "react-i18next";
import type { ObjectDef } from "@/shared/api/types";

/** The same records as rows or by stage; the filter goes along. */
export function SwitchBoard({
  object,
  filter,
  here,
}: {
  object: ObjectDef;
  filter: unknown;
  here: "list" | "board" | "calendar";
}) {
  const { t } = useTranslation();
  const config = object.config as { board?: { group?: string }; calendar?: unknown[] };
  const board = object.fields.some((field) => field.type === "stage") || config.board?.group !== undefined;
  const calendar = Array.isArray(config.calendar) && config.calendar.length > 0;
  if (!board && !calendar) return null;
  const search = { filter } as never;
  return (
    <span className="switch">
      <Link
        to="/o/$object"
        params={{ object: object.key }}
        search={search}
        className={here === "list" ? "on" : undefined}
        aria-current={here === "list" ? "page" : undefined}
        aria-label={t("board.list")}
        title={t("board.list")}
      >
        <Table2 size={15} />
      </Link>
      {board && (
        <Link
          to="/board/$object"
          params={{ object: object.key }}
          search={search}
          className={here === "board" ? "on" : undefined}
          aria-current={here === "board" ? "page" : undefined}
          aria-label={t("board.board")}
          title={t("board.board")}
        >
          <SquareKanban size={15} />
        </Link>
      )}
      {calendar && (
        <Link
          to="/calendar"
          search={{ object: object.key, filter } as never}
          className={here === "calendar" ? "on" : undefined}
          aria-current={here === "calendar" ? "page" : undefined}
          aria-label={t("board.calendar")}
          title={t("board.calendar")}
        >
          <CalendarDays size={15} />
        </Link>
      )}
    </span>
  );
}
