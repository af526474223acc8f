/** Which five facts stand on a card beside the name, and where: chosen by people, never more, hidden ones left out. */

import type { FieldDef, ObjectDef, View } from "@/shared/api/types";
import { isNumeric } from "@/shared/fields/FieldValue";

/** Where the facts stand: above the name, below it left and right, in the foot left and right. */
export const PLACES = ["top", "figure", "side", "foot", "end"] as const;

const NOT_ON_CARDS = ["file", "image", "line_items", "long_text", "stage", "pipeline"];

/** The fields that may stand on a card. */
export const cardFields = (object: ObjectDef): FieldDef[] =>
  object.fields.filter(
    (field) =>
      field.level !== "hidden" && field.key !== object.name_field && !NOT_ON_CARDS.includes(field.type),
  );

/** What an object's card shows where nobody chose: whom it is about, what it is worth, whose it is, what is due. */
export function usualCard(object: ObjectDef): string[] {
  const fields = cardFields(object).filter((field) => !field.system || field.key === "owner");
  const taken = new Set<string>();
  const first = (fits: (field: FieldDef) => boolean) => {
    const found = fields.find((field) => !taken.has(field.key) && fits(field));
    if (found) taken.add(found.key);
    return found?.key ?? "";
  };
  const kind =
    (...types: string[]) =>
    (field: FieldDef) =>
      types.includes(field.type);
  return [
    first(kind("relation", "relation_any")),
    first(kind("money")) || first(isNumeric),
    first((field) => field.type === "user"),
    first(kind("select")),
    first(kind("date", "datetime")),
  ];
}

/** A card as it is stored: each fact with its place, so that a fact left out for a reader moves no other. */
export interface StoredFact {
  place: string;
  field: string;
}

const asked = (given: unknown): string[] | undefined => {
  if (!Array.isArray(given)) return undefined;
  const facts = given as Partial<StoredFact>[];
  return PLACES.map((place) => String(facts.find((one) => one?.place === place)?.field ?? ""));
};

export const stored = (card: string[]): StoredFact[] =>
  PLACES.flatMap((place, at) => (card[at] ? [{ place, field: card[at] }] : []));

/** The five keys of a card, an empty text for a place left free: the view's own, the process's, the object's. */
export function cardOf(object: ObjectDef, view?: View, pipeline?: string): string[] {
  const config = object.config as { card?: unknown; cards?: Record<string, unknown> };
  const own = (view?.settings as { card?: unknown } | undefined)?.card;
  const given = asked(own) ?? asked(pipeline ? config.cards?.[pipeline] : undefined) ?? asked(config.card);
  const known = new Set(cardFields(object).map((field) => field.key));
  return (given ?? usualCard(object)).map((key) => (known.has(key) ? key : ""));
}

/** A card with another field in one place; a field that stood elsewhere changes places with it. */
export function swapped(card: string[], place: number, key: string): string[] {
  const next = [...card];
  const elsewhere = key ? next.indexOf(key) : -1;
  if (elsewhere >= 0) next[elsewhere] = next[place] ?? "";
  next[place] = key;
  return next;
}
