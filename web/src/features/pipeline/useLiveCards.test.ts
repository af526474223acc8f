import { expect, it } from "vitest";
import type { RecordEvent } from "@/shared/live";
import { judge } from "./useLiveCards";

const told = (version: number, by: string): RecordEvent => ({
  object: "deal",
  id: "1",
  version,
  kind: "update",
  by: { id: by, label: by },
});
const card = (version: number, stage: string) => ({ id: "1", version, stage });

it.each([
  ["a colleague's move is marked", told(3, "li"), card(3, "won"), card(2, "new"), "mark"],
  ["one's own is not", told(3, "me"), card(3, "won"), card(2, "new"), "place"],
  ["a change in the same column is not", told(3, "li"), card(3, "new"), card(2, "new"), "place"],
  ["what is on screen already is left", told(3, "li"), card(3, "won"), card(3, "won"), "known"],
  ["a card out of the question goes", told(3, "li"), undefined, card(2, "new"), "drop"],
  [
    "one's own save waits for the colleague's behind it",
    told(3, "me"),
    card(4, "won"),
    card(3, "new"),
    "wait",
  ],
])("%s", (_, event, row, before, meaning) => {
  expect(judge(event, row, before, "stage", "me")).toBe(meaning);
});
