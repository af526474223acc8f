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
}

export type Density = "compact" | "normal" | "tall";
export const ROWS: Record<Density, number> = { compact: 32, normal: 38, tall: 52 };

export interface ListState {
  view?: View;
  filter: unknown;
  sort: string;
  q: string;
  columns: string[];
  density: Density;
  /** Whether what is shown differs from the view as it was saved. */
  changed: boolean;
}

/** What a list shows: what the address says, else the view, else the object's own ways. */
export function stateOf(object: ObjectDef, address: ListAddress, views: View[]): ListState {
  const view =
    views.find((one) => one.id === address.view) ??
    (address.view || address.filter ? undefined : views.find((one) => one.default));
  const wanted = address.cols ? address.cols.split(",") : view?.settings?.columns;
  const density = (address.density ?? view?.settings?.density ?? "normal") as Density;
  const filter = address.filter ?? view?.filter;
  const sort = address.sort ?? view?.sort ?? "-created_at";
  const differs =
    (address.filter !== undefined && JSON.stringify(address.filter) !== JSON.stringify(view?.filter ?? {})) ||
    (address.sort !== undefined && address.sort !== (view?.sort ?? "-created_at")) ||
    (address.cols !== undefined && address.cols !== view?.settings?.columns?.join(",")) ||
    (address.density !== undefined && address.density !== (view?.settings?.density ?? "normal"));
  return {
    view,
    filter,
    sort,
    q: address.q ?? "",
    columns: columnsOf(object, wanted),
    density: density in ROWS ? density : "normal",
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
