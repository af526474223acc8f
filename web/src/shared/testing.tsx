/** A screen in a test: language, query cache, router and a server that answers from a table. */
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import {
  createMemoryHistory,
  createRootRoute,
  createRoute,
  createRouter,
  RouterProvider,
} from "@tanstack/react-router";
import { render, screen } from "@testing-library/react";
import { App, ConfigProvider } from "antd";
import type { ReactNode } from "react";
import { vi } from "vitest";
import i18n from "@/i18n";
import type { FieldDef, Me, ObjectDef } from "@/shared/api/types";

// jsdom has no layout: nothing can be scrolled into view.
Element.prototype.scrollIntoView ??= () => {};
window.scrollTo = () => {};

export interface Call {
  method: string;
  path: string;
  body: unknown;
  version: string | null;
}
type Answer = { status?: number; body: unknown } | ((call: Call) => { status?: number; body: unknown });

/** Answers calls by "METHOD /path", the longest match first, and keeps what was asked. */
export function server(answers: Record<string, Answer>): Call[] {
  const calls: Call[] = [];
  const keys = Object.keys(answers).sort((a, b) => b.length - a.length);
  vi.stubGlobal("fetch", async (input: string, init: RequestInit = {}) => {
    const call: Call = {
      method: init.method ?? "GET",
      path: String(input).replace("/api/v1", ""),
      body: init.body ? JSON.parse(String(init.body)) : undefined,
      version: new Headers(init.headers).get("If-Match"),
    };
    calls.push(call);
    const key = keys.find((one) => `${call.method} ${call.path}`.startsWith(one));
    const found = key ? answers[key] : undefined;
    const answer = typeof found === "function" ? found(call) : (found ?? { status: 404, body: null });
    return new Response(JSON.stringify(answer.body), { status: answer.status ?? 200 });
  });
  return calls;
}

export const field = (key: string, type = "text", more: Partial<FieldDef> = {}): FieldDef => ({
  key,
  type,
  kind: ["money", "percent", "number"].includes(type) ? "number" : type,
  labels: { zh: key, en: key.replace("_", " ") },
  required: false,
  default: null,
  section: null,
  on_form: true,
  computed: false,
  system: false,
  level: "write",
  config: {},
  ...more,
});

export const object = (key: string, fields: FieldDef[], more: Partial<ObjectDef> = {}): ObjectDef => ({
  key,
  labels: { zh: key, en: key },
  plural: { zh: `${key}s`, en: `${key}s` },
  icon: null,
  name_field: "name",
  kind: "object",
  parent: null,
  config: {},
  fields,
  ...more,
});

const all = {
  create: true,
  read: "all",
  update: "all",
  delete: "all",
  export: true,
  import: true,
  bulk: true,
  transfer: "all",
};

export const me = (...objects: string[]): Me => ({
  user: { id: "u1", name: "Su", email: "su@example.com", locale: "en" },
  workspace: { name: "W", locale: "en", time_zone: "Asia/Shanghai", currency: "CNY" },
  rights: {},
  objects: Object.fromEntries(objects.map((key) => [key, all])),
});

export const problem = (status: number, code: string, errors: Record<string, string> = {}, params = {}) => ({
  status,
  body: {
    status,
    code,
    field: null,
    message: code,
    request_id: "r1",
    params,
    errors: Object.entries(errors).map(([key, message]) => ({ field: key, code, message })),
  },
});

/** Shows a piece of a screen in English and waits until it stands. */
export async function show(ui: ReactNode): Promise<void> {
  await i18n.changeLanguage("en");
  const queries = new QueryClient({ defaultOptions: { queries: { retry: false } } });
  const root = createRootRoute({ notFoundComponent: () => null });
  const page = createRoute({ getParentRoute: () => root, path: "/", component: () => <>{ui}</> });
  const other = createRoute({
    getParentRoute: () => root,
    path: "/o/$object/$id",
    component: () => <p>a record</p>,
  });
  const router = createRouter({
    routeTree: root.addChildren([page, other]),
    history: createMemoryHistory({ initialEntries: ["/"] }),
  });
  render(
    <QueryClientProvider client={queries}>
      <ConfigProvider theme={{ token: { motion: false } }}>
        <App>
          <p>ready</p>
          <RouterProvider router={router as never} />
        </App>
      </ConfigProvider>
    </QueryClientProvider>,
  );
  await screen.findByText("ready");
}
