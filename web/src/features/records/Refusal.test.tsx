import { screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeEach, expect, it, vi } from "vitest";
import type { RecordData } from "@/shared/api/types";
import { field, me, object, server, show } from "@/shared/testing";
import { Refusal } from "./Refusal";

const deal = object("opportunity", [
  field("name"),
  field("amount", "money"),
  field("next_step"),
  field("budget", "text", { level: "read" }),
]);
const record = { id: "d1", version: 3, name: "Pumps", amount: "462000.00" } as RecordData;
const stage = { key: "negotiation", labels: { zh: "商务谈判", en: "Negotiation" } };
const refused = { record, stage, missing: ["next_step"], wanted: ["amount", "next_step"] };

beforeEach(() => {
  server({ "GET /me": { body: me("opportunity") } });
});

it("shows what is met and what is missing, and moves once the missing is filled in", async () => {
  const onMove = vi.fn();
  await show(
    <Refusal
      object={deal}
      refused={refused}
      title="Pumps"
      busy={false}
      onMove={onMove}
      onPutBack={() => {}}
    />,
  );
  const card = await screen.findByRole("alertdialog", { name: /left before Negotiation/ });
  expect(card).toHaveTextContent("The card did not move and nothing was saved");
  expect(screen.getByRole("img", { name: "Met" }).parentElement).toHaveTextContent("462,000");

  const move = screen.getByRole("button", { name: "Fill in and move" });
  expect(move).toBeDisabled();
  await userEvent.type(screen.getByLabelText("next step"), "call the CFO");
  await userEvent.click(move);
  expect(onMove).toHaveBeenCalledWith({ next_step: "call the CFO" });
});

it("puts the card back by button and by Escape", async () => {
  const onPutBack = vi.fn();
  await show(
    <Refusal
      object={deal}
      refused={refused}
      title="Pumps"
      busy={false}
      onMove={() => {}}
      onPutBack={onPutBack}
    />,
  );
  await userEvent.click(await screen.findByRole("button", { name: "Put back" }));
  await userEvent.type(screen.getByLabelText("next step"), "{Escape}");
  expect(onPutBack).toHaveBeenCalledTimes(2);
});

it("says so when a missing field is not the mover's to fill in", async () => {
  const locked = { ...refused, missing: ["budget"], wanted: ["budget"] };
  await show(
    <Refusal
      object={deal}
      refused={locked}
      title="Pumps"
      busy={false}
      onMove={() => {}}
      onPutBack={() => {}}
    />,
  );
  expect(await screen.findByText("You may not change this field")).toBeInTheDocument();
  expect(screen.queryByLabelText("budget")).toBeNull();
});
