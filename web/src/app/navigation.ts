import {
  ArrowLeftRight,
  CalendarDays,
  ChartColumn,
  Columns3,
  House,
  type LucideIcon,
  Shapes,
  UsersRound,
} from "lucide-react";
import { iconOf } from "@/app/icons";
import type { Me, ObjectDef } from "@/shared/api/types";
import { label } from "@/shared/format/format";

/** A place the shell leads to. `object` is set when it shows the records of one. */
export interface Place {
  key: string;
  to: string;
  text: string;
  icon: LucideIcon;
  group: "top" | "selling" | "insight" | "build";
  object?: ObjectDef;
  /** The second key after G, if there is one. */
  letter?: string;
  exact?: boolean;
}

type Say = (key: string) => string;

const LETTERS: Record<string, string> = {
  lead: "l",
  account: "a",
  opportunity: "o",
  contact: "c",
  task: "t",
};

export const hasStages = (object: ObjectDef) => object.fields.some((field) => field.type === "stage");

/** How many of an object's dates stand in the calendar. */
const dated = (object: ObjectDef) => {
  const given = (object.config as { calendar?: unknown } | undefined)?.calendar;
  return Array.isArray(given) ? given.length : 0;
};

/** Whether this person may look at the records of an object. */
export const mayRead = (object: ObjectDef, me: Me) => (me.objects[object.key]?.read ?? "none") !== "none";

/** Everywhere this person may go, in the order of the sidebar. */
export function placesOf(objects: ObjectDef[], me: Me, locale: string, t: Say): Place[] {
  const shown = objects.filter((object) => object.kind === "object" && mayRead(object, me));
  const found: Place[] = [
    { key: "home", to: "/", text: t("nav.desk"), icon: House, group: "top", letter: "d", exact: true },
  ];
  const several = shown.filter(hasStages).length > 1;
  let first = true;
  for (const object of shown) {
    const text = label(object.plural, locale);
    found.push({
      key: object.key,
      to: `/o/${object.key}`,
      text,
      icon: iconOf(object.icon),
      group: "selling",
      object,
      letter: LETTERS[object.key],
    });
    if (!hasStages(object)) continue;
    const name = several ? `${t("nav.board")} · ${text}` : t("nav.board");
    const letter = first ? "p" : undefined;
    found.push({
      key: `board-${object.key}`,
      to: `/board/${object.key}`,
      text: name,
      icon: Columns3,
      group: "selling",
      letter,
    });
    first = false;
  }
  if (shown.some((object) => dated(object) > 0)) {
    const text = t("nav.calendar");
    // Beside what is due every day, above the objects.
    found.push({ key: "calendar", to: "/calendar", text, icon: CalendarDays, group: "top", letter: "y" });
  }
  found.push({
    key: "dashboard",
    to: "/dashboard",
    text: t("nav.dashboard"),
    icon: ChartColumn,
    group: "insight",
    letter: "r",
  });
  if (Object.values(me.objects).some((one) => one.import)) {
    found.push({ key: "import", to: "/import", text: t("nav.import"), icon: ArrowLeftRight, group: "build" });
  }
  if (me.rights.design) {
    found.push({
      key: "objects",
      to: "/build/objects",
      text: t("nav.objects"),
      icon: Shapes,
      group: "build",
    });
  }
  if (me.rights.manage_users) {
    found.push({
      key: "people",
      to: "/build/people",
      text: t("nav.people"),
      icon: UsersRound,
      group: "build",
    });
  }
  return found;
}
