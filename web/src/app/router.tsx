import {
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
  Outlet,
} from "@tanstack/react-router";
import { NotFound } from "@/app/NotFound";
import { Shell } from "@/app/Shell";

const root = createRootRoute({ component: Outlet, notFoundComponent: NotFound });
const shell = createRoute({ getParentRoute: () => root, id: "shell", component: Shell });

const setup = createRoute({
  getParentRoute: () => root,
  path: "/setup",
  component: lazyRouteComponent(() => import("@/features/session/Setup"), "Setup"),
});
const login = createRoute({
  getParentRoute: () => root,
  path: "/login",
  component: lazyRouteComponent(() => import("@/features/session/SignIn"), "SignIn"),
});
const home = createRoute({
  getParentRoute: () => shell,
  path: "/",
  component: lazyRouteComponent(() => import("@/features/dashboard/Dashboard"), "Dashboard"),
});

export interface ListSearch {
  view?: string;
  filter?: unknown;
  sort?: string;
  q?: string;
}

const list = createRoute({
  getParentRoute: () => shell,
  path: "/o/$object",
  validateSearch: (found: Record<string, unknown>): ListSearch => ({
    view: typeof found.view === "string" ? found.view : undefined,
    filter: found.filter,
    sort: typeof found.sort === "string" ? found.sort : undefined,
    q: typeof found.q === "string" ? found.q : undefined,
  }),
  component: lazyRouteComponent(() => import("@/features/records/List"), "ListPage"),
});
const record = createRoute({
  getParentRoute: () => shell,
  path: "/o/$object/$id",
  component: lazyRouteComponent(() => import("@/features/records/RecordPage"), "RecordPage"),
});
const board = createRoute({
  getParentRoute: () => shell,
  path: "/board/$object",
  component: lazyRouteComponent(() => import("@/features/pipeline/Board"), "BoardPage"),
});
const imports = createRoute({
  getParentRoute: () => shell,
  path: "/import",
  component: lazyRouteComponent(() => import("@/features/imports/Import"), "ImportPage"),
});

export const router = createRouter({
  routeTree: root.addChildren([setup, login, shell.addChildren([home, list, record, board, imports])]),
  defaultPreload: "intent",
});

declare module "@tanstack/react-router" {
  interface Register {
    router: typeof router;
  }
}
