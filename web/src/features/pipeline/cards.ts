/** The cards that are on screen, column by column, in the query cache: read in pages, changed where one card moves. */

import { type InfiniteData, type QueryClient, useInfiniteQuery } from "@tanstack/react-query";
import { both } from "@/features/records/filters";
import { api, query } from "@/shared/api/client";
import type { FieldDef, ObjectDef, OptionDef, RecordData } from "@/shared/api/types";
import { boardOf, columnFilter, kindOf } from "./model";

const PAGE = 50;

export interface Page {
  records: RecordData[];
  next: string | null;
}
export type Pages = InfiniteData<Page, string>;

/** The fields a card needs: its name, its facts, and what says how long it stands and whether it is late. */
export function fieldsOf(object: ObjectDef, group: FieldDef, card: string[]): string[] {
  const { due } = boardOf(object);
  const own = ["stage_entered_at", "closed_at", due ?? "", object.name_field ?? "serial", group.key];
  const known = new Map(object.fields.map((field) => [field.key, field.level]));
  const shown = (key: string) => known.has(key) && known.get(key) !== "hidden";
  return [...new Set([...card, ...own])].filter(shown).sort();
}

export interface Asked {
  object: ObjectDef;
  group: FieldDef;
  filter: unknown;
  sort: string;
  fields: string[];
}

/** The name of a column's cards in the cache. Apart from "board": a save does not read all pages of all columns again. */
export const cardsKey = (asked: Asked, stage: string) => [
  "cards",
  asked.object.key,
  asked.group.key,
  stage,
  asked.filter ?? null,
  asked.sort,
  asked.fields.join(","),
];

export function useCards(asked: Asked, stage: OptionDef) {
  const { object, group, filter, sort, fields } = asked;
  return useInfiniteQuery<Page, Error, Pages, unknown[], string>({
    queryKey: cardsKey(asked, stage.key),
    queryFn: ({ pageParam }) =>
      api<Page>(
        `/records/${object.key}${query({
          filter: both(filter, columnFilter(object, group, stage)),
          sort: kindOf(stage) === "open" ? sort : "-modified_at",
          limit: PAGE,
          cursor: pageParam,
          fields: fields.join(","),
        })}`,
      ),
    initialPageParam: "",
    getNextPageParam: (last) => last.next,
    placeholderData: (before) => before,
    staleTime: 30_000,
    refetchOnWindowFocus: false,
  });
}

/** Only the first page of each column, before a board is shown again: the others are read as one scrolls. */
export function trim(queries: QueryClient, object: string): void {
  queries.setQueriesData<Pages>({ queryKey: ["cards", object] }, (found) =>
    found && found.pages.length > 1
      ? { pages: found.pages.slice(0, 1), pageParams: found.pageParams.slice(0, 1) }
      : found,
  );
}

/** Everything again from the top: after an import, a bulk change. */
export const again = (queries: QueryClient, object: string) =>
  queries.resetQueries({ queryKey: ["cards", object] });

const without = (found: Pages, id: string): Pages => ({
  ...found,
  pages: found.pages.map((page) => ({ ...page, records: page.records.filter((one) => one.id !== id) })),
});

/** The column in which a card is on screen, and the card; undefined when it is not. */
export function find(queries: QueryClient, asked: Asked, id: string): RecordData | undefined {
  const all = queries.getQueriesData<Pages>({ queryKey: ["cards", asked.object.key] });
  for (const [, pages] of all) {
    const found = pages?.pages.flatMap((page) => page.records).find((one) => one.id === id);
    if (found) return found;
  }
  return undefined;
}

/** A card as it is now: taken out of where it was, on top of its column unless it stands there already. */
export function place(queries: QueryClient, asked: Asked, record: RecordData): void {
  const stage = String(record[asked.group.key] ?? "");
  const prefix = ["cards", asked.object.key];
  const home = JSON.stringify(cardsKey(asked, stage));
  for (const [key, found] of queries.getQueriesData<Pages>({ queryKey: prefix })) {
    if (!found) continue;
    if (JSON.stringify(key) !== home) {
      if (found.pages.some((page) => page.records.some((one) => one.id === record.id)))
        queries.setQueryData(key, without(found, record.id));
      continue;
    }
    const stands = found.pages.some((page) => page.records.some((one) => one.id === record.id));
    const pages = stands
      ? found.pages.map((page) => ({
          ...page,
          records: page.records.map((one) => (one.id === record.id ? { ...one, ...record } : one)),
        }))
      : found.pages.map((page, at) => (at === 0 ? { ...page, records: [record, ...page.records] } : page));
    queries.setQueryData(key, { ...found, pages });
  }
}

/** A card that is no longer there, or no longer for this reader. */
export function drop(queries: QueryClient, asked: Asked, id: string): void {
  queries.setQueriesData<Pages>({ queryKey: ["cards", asked.object.key] }, (found) =>
    found ? without(found, id) : found,
  );
}

/** Cards as they are now, of those that the filter still shows. */
export async function fetchCards(asked: Asked, ids: string[]): Promise<RecordData[]> {
  const { object, filter, fields } = asked;
  const these = { field: "id", op: "in", value: ids };
  const path = `/records/${object.key}${query({ filter: both(filter, these), limit: 200, fields: fields.join(",") })}`;
  return (await api<Page>(path as never)).records;
}
