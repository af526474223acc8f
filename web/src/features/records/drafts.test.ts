import { beforeEach, expect, it } from "vitest";
import { clearDrafts, keepDraft, readDraft } from "./drafts";

const DAY = 86_400_000;
const place = { user: "u1", object: "opportunity", part: "" };
beforeEach(() => localStorage.clear());

it("keeps a draft where a closed tab does not take it away", () => {
  keepDraft(place, { name: "Pumps" });
  expect(sessionStorage).toHaveLength(0);
  expect(readDraft(place)).toEqual({ name: "Pumps" });
});

it("is one draft per person, object, record and part of the form", () => {
  keepDraft(place, { name: "Pumps" });
  for (const other of [{ user: "u2" }, { object: "account" }, { id: "d1" }, { part: "amount" }])
    expect(readDraft({ ...place, ...other })).toBeNull();
});

it("forgets a draft after seven days, and takes it out of the browser", () => {
  const now = Date.now();
  keepDraft(place, { name: "Pumps" }, now - 7 * DAY + 1000);
  expect(readDraft(place, now)).toEqual({ name: "Pumps" });
  expect(readDraft(place, now + 2000)).toBeNull();
  expect(localStorage).toHaveLength(0);
});

it("forgets everybody's old drafts, and what cannot be read", () => {
  keepDraft({ ...place, user: "u2" }, { name: "Old" }, Date.now() - 8 * DAY);
  localStorage.setItem("dealwright.draft.u1.opportunity.d9", "{");
  localStorage.setItem("dealwright.language", "en");
  expect(readDraft(place)).toBeNull();
  expect(Object.keys(localStorage)).toEqual(["dealwright.language"]);
});

it("goes when nothing is typed any more, and when its writer signs out", () => {
  keepDraft(place, { name: "Pumps" });
  keepDraft(place, {});
  expect(readDraft(place)).toBeNull();

  keepDraft(place, { name: "Pumps" });
  keepDraft({ ...place, user: "u2" }, { name: "Theirs" });
  clearDrafts("u1");
  expect([readDraft(place), readDraft({ ...place, user: "u2" })]).toEqual([null, { name: "Theirs" }]);
});
