import { describe, expect, it } from "vitest";
import type { View } from "@/shared/api/types";
import { field, object } from "@/shared/testing";
import { cardOf, stored, swapped, usualCard } from "./facts";

const deal = object("deal", [
  field("name"),
  field("account", "relation"),
  field("worth", "money"),
  field("owner", "user", { system: true }),
  field("source", "select"),
  field("due", "date"),
  field("cost", "money", { level: "hidden" }),
  field("notes", "long_text"),
]);
const view = (card: unknown) => ({ settings: { card } }) as unknown as View;
const place = (at: string, key: string) => ({ place: at, field: key });

describe("the five facts of a card", () => {
  it("are whom it is about, what it is worth, whose it is, a choice and a date, where nobody chose", () => {
    expect(usualCard(deal)).toEqual(["account", "worth", "owner", "source", "due"]);
  });
  it("are the view's own, else the process's, else the object's", () => {
    const set = { card: [place("top", "source")], cards: { long: [place("top", "due")] } };
    const composed = { ...deal, config: set as never };
    expect(cardOf(composed)[0]).toBe("source");
    expect(cardOf(composed, undefined, "long")[0]).toBe("due");
    expect(cardOf(composed, view([place("top", "worth")]), "long")[0]).toBe("worth");
  });
  it("leave a place free for what the reader may not see, and move no other", () => {
    const asked = view([
      place("top", "cost"),
      place("figure", "worth"),
      place("foot", "gone"),
      place("end", "due"),
    ]);
    expect(cardOf(deal, asked)).toEqual(["", "worth", "", "", "due"]);
  });
  it("stay five: a field put in a second place changes places with what stood there", () => {
    const card = ["account", "worth", "owner", "source", "due"];
    expect(swapped(card, 0, "due")).toEqual(["due", "worth", "owner", "source", "account"]);
    expect(swapped(card, 4, "")).toEqual(["account", "worth", "owner", "source", ""]);
  });
  it("survive being stored", () => {
    const card = ["account", "", "owner", "", "due"];
    expect(cardOf(deal, view(stored(card)))).toEqual(card);
  });
});
