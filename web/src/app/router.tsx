import {
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
  Outlet,
} from "@tanstack/react-router";
import { ErrorPage } from "@/app/ErrorPage";
import { NotFound } from "@/app/NotFound";
import { Shell } from "@/app/Shell";

const root = createRootRoute({ component: Outlet, notFoundComponent: NotFound });
const shell = createRoute({ getParentRoute: () => root, id: "shell", component: Shell });

const text = (value: unknown) => (typeof value === "string" ? value : undefined);

const setup = createRoute({
  getParentRoute: () => root,
  path: "/setup",
  component: lazyRouteComponent(() => import("@/features/session/Setup"), "Setup"),
});
const login = createRoute({
  getParentRoute: () => root,
  path: "/login",
  validateSearch: (found: Record<string, unknown>): { next?: string } => ({ next: text(found.next) }),
  component: lazyRouteComponent(() => import("@/features/session/SignIn"), "SignIn"),
});
const invitation = createRoute({
  getParentRoute: () => root,
  path: "/invitation",
  component: lazyRouteComponent(() => import("@/features/session/Invitation"), "Invitation"),
});
const home = createRoute({
  getParentRoute: () => shell,
  path: "/",
  validateSearch: (found: Record<string, unknown>): { show?: string } => ({ show: text(found.show) }),
  component: lazyRouteComponent(() => import("@/features/desk/Desk"), "Desk"),
});
const dashboard = createRoute({
  getParentRoute: () => shell,
  path: "/dashboard",
  validateSearch: (found: Record<string, unknown>): { period?: string } => ({ period: text(found.period) }),
  component: lazyRouteComponent(() => import("@/features/dashboard/Dashboard"), "Dashboard"),
});

export interface ListSearch {
  view?: string;
  filter?: unknown;
  sort?: string;
  q?: string;
  cols?: string;
  density?: string;
  widths?: string;
  totals?: string;
}

const list = createRoute({
  getParentRoute: () => shell,
  path: "/o/$object",
  validateSearch: (found: Record<string, unknown>): ListSearch => ({
    view: text(found.view),
    filter: found.filter,
    sort: text(found.sort),
    q: text(found.q),
    cols: text(found.cols),
    density: text(found.density),
    widths: text(found.widths),
    totals: text(found.totals),
  }),
  component: lazyRouteComponent(() => import("@/features/records/List"), "ListPage"),
});
const duplicates = createRoute({
  getParentRoute: () => shell,
  path: "/duplicates/$object",
  component: lazyRouteComponent(() => import("@/features/records/DuplicatesPage"), "DuplicatesPage"),
});
const merging = createRoute({
  getParentRoute: () => shell,
  path: "/merge/$object",
  validateSearch: (found: Record<string, unknown>): { ids?: string } => ({ ids: text(found.ids) }),
  component: lazyRouteComponent(() => import("@/features/records/MergePage"), "MergePage"),
});
const record = createRoute({
  getParentRoute: () => shell,
  path: "/o/$object/$id",
  validateSearch: (found: Record<string, unknown>): { tab?: string } => ({ tab: text(found.tab) }),
  component: lazyRouteComponent(() => import("@/features/records/RecordPage"), "RecordPage"),
});
interface BoardSearch {
  filter?: unknown;
  sort?: string;
  view?: string;
  pipeline?: string;
  group?: string;
}

interface CalendarSearch {
  mode?: string;
  date?: string;
  who?: string;
  off?: string;
  object?: string;
  filter?: unknown;
}

const board = createRoute({
  getParentRoute: () => shell,
  path: "/board/$object",
  validateSearch: (found: Record<string, unknown>): BoardSearch => ({
    filter: found.filter,
    sort: text(found.sort),
    view: text(found.view),
    pipeline: text(found.pipeline),
    group: text(found.group),
  }),
  component: lazyRouteComponent(() => import("@/features/pipeline/Board"), "BoardPage"),
});
const calendar = createRoute({
  getParentRoute: () => shell,
  path: "/calendar",
  validateSearch: (found: Record<string, unknown>): CalendarSearch => ({
    mode: text(found.mode),
    date: text(found.date),
    who: text(found.who),
    off: text(found.off),
    object: text(found.object),
    filter: found.filter,
  }),
  component: lazyRouteComponent(() => import("@/features/calendar/Calendar"), "CalendarPage"),
});
const imports = createRoute({
  getParentRoute: () => shell,
  path: "/import",
  validateSearch: (found: Record<string, unknown>): { object?: string; id?: string } => ({
    object: text(found.object),
    id: text(found.id),
  }),
  component: lazyRouteComponent(() => import("@/features/imports/Import"), "ImportPage"),
});
const objects = createRoute({
  getParentRoute: () => shell,
  path: "/build/objects",
  validateSearch: (
    found: Record<string, unknown>,
  ): { object?: string; field?: string; tab?: string; as?: string } => ({
    object: text(found.object),
    field: text(found.field),
    tab: text(found.tab),
    as: text(found.as),
  }),
  component: lazyRouteComponent(() => import("@/features/build/Objects"), "ObjectsPage"),
});
const people = createRoute({
  getParentRoute: () => shell,
  path: "/build/people",
  validateSearch: (found: Record<string, unknown>): { tab?: string } => ({ tab: text(found.tab) }),
  component: lazyRouteComponent(() => import("@/features/people/People"), "PeoplePage"),
});
const notices = createRoute({
  getParentRoute: () => shell,
  path: "/notices",
  component: lazyRouteComponent(() => import("@/features/notices/Notices"), "NoticesPage"),
});
const lost = createRoute({ getParentRoute: () => shell, path: "$", component: NotFound });

export const router = createRouter({
  routeTree: root.addChildren([
    setup,
    login,
    invitation,
    shell.addChildren([
      home,
      dashboard,
      list,
      duplicates,
      merging,
      record,
      board,
      calendar,
      imports,
      objects,
      people,
      notices,
      lost,
    ]),
  ]),
  defaultPreload: "intent",
  defaultErrorComponent: ErrorPage,
  defaultNotFoundComponent: NotFound,
});

declare module "@tanstack/react-router" {
  interface Register {
    router: typeof router;
  }
}
