import { expect, it } from "vitest";
import type { ObjectDef } from "@/shared/api/types";
import { closingFields, demands, nextStage, type PathStage, type Pipeline } from "./process";

const stage = (key: string, kind: string, required: string[]) => ({ key, kind, required });
const pipeline = {
  stages: [
    stage("lead", "open", ["source"]),
    stage("proposal", "open", ["amount"]),
    stage("negotiation", "open", ["contact", "amount"]),
    stage("won", "won", ["signed"]),
    stage("lost", "lost", ["lost_reason"]),
  ],
} as unknown as Pipeline;

it("asks on the way forward also for what the stages between ask for", () => {
  expect(demands(pipeline, "lead", "negotiation")).toEqual(["source", "amount", "contact"]);
  expect(demands(pipeline, "lead", "won")).toEqual(["source", "amount", "contact", "signed"]);
});

it("asks on the way back and for a loss only for the stage's own", () => {
  expect(demands(pipeline, "negotiation", "proposal")).toEqual(["amount"]);
  expect(demands(pipeline, "lead", "lost")).toEqual(["lost_reason"]);
  expect(demands(undefined, "lead", "won")).toEqual([]);
});

it("asks for the reasons of an end that the object has fields for", () => {
  const field = (key: string) => ({ key, computed: false, level: "write" });
  const object = {
    fields: ["name", "lost_reason", "lost_notes", "won_amount"].map(field),
  } as unknown as ObjectDef;
  expect(closingFields(object, "lost")).toEqual(["lost_reason", "lost_notes"]);
  expect(closingFields(object, "won")).toEqual(["won_amount"]);
  expect(closingFields(object, "open")).toEqual([]);
});

it("goes on to the next stage but never to a loss, and nowhere from the end", () => {
  const path = (now: string) =>
    pipeline.stages.map((one) => ({
      ...one,
      state: one.key === now ? "present" : "ahead",
      retired: false,
    })) as unknown as PathStage[];
  expect(nextStage(path("negotiation"))?.key).toBe("won");
  expect(nextStage(path("won"))).toBeUndefined();
});
