import { useQueries, useQueryClient } from "@tanstack/react-query";
import { useCallback, useEffect, useRef, useState } from "react";
import { api, query } from "@/shared/api/client";
import type { ObjectDef, RecordData } from "@/shared/api/types";
import { type Loaded, pagesOf, runAround, wayTo } from "./rows";

export interface ListParams {
  filter: unknown;
  sort: string;
  search: string;
  fields: string;
  limit: number;
}

/** How long somebody has to stop scrolling before rows far away are asked for. */
const REST_MS = 70;

/**
 * The rows of a list by their place: only the pages in sight are asked for, wherever they are. While another list is
 * being fetched the rows of the one before stay.
 */
export function useRows(object: ObjectDef, params: ListParams, enabled: boolean, total: number | undefined) {
  const queries = useQueryClient();
  const key = JSON.stringify(params);
  const [wanted, setWanted] = useState<{ key: string; pages: number[] }>({ key, pages: [0] });
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const pages = wanted.key === key ? wanted.pages : [0];
  const latest = useRef(params);
  latest.current = params;
  const known = useCallback(
    (page: number) => queries.getQueryData<Loaded>(["list", object.key, latest.current, page]),
    [queries, object.key],
  );
  const asked = useQueries({
    queries: pages.map((page) => ({
      queryKey: ["list", object.key, params, page],
      enabled,
      queryFn: () => {
        const way = wayTo(page, page > 0 ? known(page - 1) : undefined);
        return api<Loaded>(`/records/${object.key}${query({ ...params, ...way })}`);
      },
    })),
  });
  const settled = asked.some((one) => one.data);
  const last = useRef<{ key: string; at: (place: number) => RecordData | undefined; total: number }>(
    undefined,
  );
  const at = (place: number) => known(Math.floor(place / params.limit))?.records[place % params.limit];
  const first = known(0);
  const counted = total ?? (first ? first.records.length + (first.next ? 1 : 0) : undefined);
  useEffect(() => {
    if (settled && counted !== undefined) last.current = { key, at, total: counted };
  });
  useEffect(() => () => clearTimeout(timer.current), []);
  /** Says which rows are in sight. */
  const look = useCallback(
    (from: number, to: number, of: number) => {
      const next = pagesOf(from, to, of);
      const set = () =>
        setWanted((before) =>
          before.key === key && String(before.pages) === String(next) ? before : { key, pages: next },
        );
      clearTimeout(timer.current);
      if (next.every((page) => known(page) || known(page - 1))) set();
      else timer.current = setTimeout(set, REST_MS);
    },
    [key, known],
  );
  const old = !settled && last.current && last.current.key !== key ? last.current : undefined;
  return {
    at: old?.at ?? at,
    total: old?.total ?? counted ?? 0,
    // Once some page of this list was there, the rest is rows that wait, in a list of its true length.
    loading: !settled && !old && last.current?.key !== key,
    dimmed: old !== undefined,
    error: asked.find((one) => one.error)?.error,
    refetch: () => Promise.all(asked.map((one) => one.refetch())),
    look,
    around: (place: number) => runAround(place, known),
    empty: settled && (first?.records.length ?? 1) === 0,
  };
}
