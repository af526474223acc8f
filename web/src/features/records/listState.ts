import { useNavigate, useSearch } from "@tanstack/react-router";
import { useViews } from "@/shared/api/queries";
import type { ObjectDef, View } from "@/shared/api/types";
import { columnsOf } from "./model";

/** What the address of a list holds. */
export interface ListAddress {
  view?: string;
  filter?: unknown;
  sort?: string;
  q?: string;
  cols?: string;
  density?: string;
  widths?: string;
  totals?: string;
}

export type Density = "compact" | "normal" | "tall";
export const ROWS: Record<Density, number> = { compact: 32, normal: 38, tall: 52 };

export interface Total {
  op: string;
  field: string;
}

export interface ListState {
  view?: View;
  filter: unknown;
  sort: string;
  q: string;
  columns: string[];
  density: Density;
  /** Widths that somebody gave, by column; the others follow their content. */
  widths: Record<string, number>;
  /** What is added up below; undefined where nobody chose. */
  totals?: Total[];
  /** Whether what is shown differs from the view as it was saved. */
  changed: boolean;
}

/** `name:240,amount:116` and back. */
export const widthsOf = (text: string): Record<string, number> =>
  Object.fromEntries(
    text
      .split(",")
      .map((part) => part.split(":"))
      .map(([key, width]) => [key ?? "", Math.round(Number(width))] as const)
      .filter(([key, width]) => key && width >= 40 && width <= 1200),
  );
export const widthsText = (widths: Record<string, number>): string =>
  Object.entries(widths)
    .map(([key, width]) => `${key}:${width}`)
    .join(",");

/** `sum:amount,median:probability` and back; `-` is none at all. */
export const totalsOf = (text: string): Total[] =>
  text
    .split(",")
    .map((part) => part.split(":"))
    .flatMap(([op, field]) => (op && field ? [{ op, field }] : []));
export const totalsText = (totals: Total[]): string =>
  totals.map((one) => `${one.op}:${one.field}`).join(",") || "-";

/** The parts of an address that say what is shown, taken away: the view as it was saved. */
export const UNCHANGED: Partial<ListAddress> = {
  filter: undefined,
  sort: undefined,
  cols: undefined,
  density: undefined,
  widths: undefined,
  totals: undefined,
};

/** What a list shows: what the address says, else the view, else the object's own ways. */
export function stateOf(object: ObjectDef, address: ListAddress, views: View[]): ListState {
  const usual = views.find((one) => one.opens) ?? views.find((one) => one.default);
  const view =
    views.find((one) => one.id === address.view) ?? (address.view || address.filter ? undefined : usual);
  const wanted = address.cols ? address.cols.split(",") : view?.settings?.columns;
  const density = (address.density ?? view?.settings?.density ?? "normal") as Density;
  const filter = address.filter ?? view?.filter;
  const sort = address.sort ?? view?.sort ?? "-created_at";
  const widths = address.widths === undefined ? (view?.settings?.widths ?? {}) : widthsOf(address.widths);
  const totals = address.totals === undefined ? view?.settings?.totals : totalsOf(address.totals);
  const differs =
    (address.filter !== undefined && JSON.stringify(address.filter) !== JSON.stringify(view?.filter ?? {})) ||
    (address.sort !== undefined && address.sort !== (view?.sort ?? "-created_at")) ||
    (address.cols !== undefined && address.cols !== view?.settings?.columns?.join(",")) ||
    (address.density !== undefined && address.density !== (view?.settings?.density ?? "normal")) ||
    (address.widths !== undefined && address.widths !== widthsText(view?.settings?.widths ?? {})) ||
    (address.totals !== undefined && address.totals !== totalsText(view?.settings?.totals ?? []));
  return {
    view,
    filter,
    sort,
    q: address.q ?? "",
    columns: columnsOf(object, wanted),
    density: density in ROWS ? density : "normal",
    widths,
    totals,
    changed: differs,
  };
}

/** The list's state and the way to change it; every change is a new address. */
export function useListState(object: ObjectDef) {
  const address = useSearch({ strict: false }) as ListAddress;
  const navigate = useNavigate();
  const views = useViews(object.key);
  const shown = stateOf(object, address, views.data ?? []);
  const go = (next: Partial<ListAddress>, replace = false) =>
    navigate({
      to: ".",
      search: (before: ListAddress) => ({ ...before, view: before.view ?? shown.view?.id, ...next }),
      replace,
    } as never);
  return { ...shown, views, go };
}
