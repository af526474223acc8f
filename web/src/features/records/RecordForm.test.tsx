import { screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeEach, describe, expect, it, vi } from "vitest";
import type { RecordData } from "@/shared/api/types";
import { field, me, object, problem, server, show } from "@/shared/testing";
import { RecordForm } from "./RecordForm";

const deal = object(
  "opportunity",
  [
    field("name", "text", { required: true }),
    field("amount", "money"),
    field("phone", "text", { config: { duplicate_warning: true } }),
    field("next_step", "text", { on_form: false }),
  ],
  { config: { form: ["name", "amount", "phone"] } },
);
const base = { "GET /me": { body: me("opportunity") }, "GET /users": { body: { users: [] } } };

const drafts = () => Object.keys(localStorage).filter((key) => key.startsWith("dealwright.draft."));
beforeEach(() => localStorage.clear());

describe("a refused save", () => {
  it("names every error at its field, goes to the first, and keeps what was typed", async () => {
    server({
      ...base,
      "POST /records/opportunity": problem(422, "INVALID", {
        amount: "Amount must be above 0",
        next_step: "Say what is next",
      }),
    });
    await show(<RecordForm object={deal} onClose={() => {}} onSaved={() => {}} />);
    await userEvent.type(await screen.findByLabelText(/^name/), "Pumps");
    await userEvent.type(screen.getByLabelText("amount"), "0");
    await userEvent.click(screen.getByRole("button", { name: "Save" }));

    const amount = await screen.findByRole("textbox", {
      name: "amount",
      description: "Amount must be above 0",
    });
    await waitFor(() => expect(amount).toHaveFocus());
    expect(screen.getByText("Say what is next")).toBeInTheDocument(); // a field that is not on the form comes up
    expect(screen.getByLabelText(/^name/)).toHaveValue("Pumps");

    await userEvent.type(amount, "5"); // what is mended is no longer called wrong, the rest still is
    expect(screen.queryByText("Amount must be above 0")).toBeNull();
    expect(screen.getByText("Say what is next")).toBeInTheDocument();
  });

  it("survives a closed tab: the next form has the text again and says so", async () => {
    server(base);
    await show(<RecordForm object={deal} onClose={() => {}} onSaved={() => {}} />);
    await userEvent.type(await screen.findByLabelText(/^name/), "Pumps");
    document.body.innerHTML = "";
    await show(<RecordForm object={deal} onClose={() => {}} onSaved={() => {}} />);
    expect(await screen.findByLabelText(/^name/)).toHaveValue("Pumps");
    expect(screen.getByText("Your draft was restored.")).toBeInTheDocument();
    await userEvent.click(screen.getByRole("button", { name: "Discard draft" }));
    expect(screen.getByLabelText(/^name/)).toHaveValue("");
    expect(drafts()).toEqual([]);
  });
});

it("reads money as people write it, says what it understood, and saves by Ctrl Enter", async () => {
  const onSaved = vi.fn();
  const calls = server({
    ...base,
    "POST /records/opportunity": { status: 201, body: { id: "d1", version: 1 } },
  });
  await show(<RecordForm object={deal} onClose={() => {}} onSaved={onSaved} />);
  await userEvent.type(await screen.findByLabelText("amount"), "12.5万");
  expect(screen.getByText("= ¥125,000")).toBeInTheDocument();
  await userEvent.type(screen.getByLabelText(/^name/), "Pumps{Control>}{Enter}{/Control}");
  await waitFor(() => expect(onSaved).toHaveBeenCalled());
  expect(calls.find((one) => one.method === "POST")?.body).toEqual({ name: "Pumps", amount: "125000" });
  expect(drafts()).toEqual([]);
});

it("warns beside the field when another record has the same value", async () => {
  server({
    ...base,
    "POST /records/opportunity/duplicates": {
      body: { candidates: [{ id: "d9", label: "Old pumps", fields: ["phone"] }], others: 2 },
    },
  });
  await show(<RecordForm object={deal} onClose={() => {}} onSaved={() => {}} />);
  await userEvent.type(await screen.findByLabelText("phone"), "13800000000");
  expect(await screen.findByText(/“Old pumps” already exists/)).toBeInTheDocument();
  expect(screen.getByRole("link", { name: "Use this one" })).toHaveAttribute("href", "/o/opportunity/d9");
  expect(screen.getByText(/2 more with the same value/)).toBeInTheDocument();
});

describe("somebody saved first", () => {
  const record = { id: "d1", version: 3, name: "Pumps", amount: "10.00", phone: "1" } as RecordData;
  const theirs = { ...record, version: 4, amount: "12.00", modified_by: { id: "u2", label: "Cheng" } };
  const stale = problem(412, "STALE");

  it("asks per field, and saves what was chosen against the newest version", async () => {
    const onSaved = vi.fn();
    const calls = server({
      ...base,
      "GET /records/opportunity/d1": { body: theirs },
      "PATCH /records/opportunity/d1": (call) =>
        call.version === '"4"' ? { body: { ...theirs, version: 5 } } : stale,
    });
    await show(<RecordForm object={deal} record={record} onClose={() => {}} onSaved={onSaved} />);
    const amount = await screen.findByLabelText("amount");
    await userEvent.clear(amount);
    await userEvent.type(amount, "15");
    await userEvent.clear(screen.getByLabelText(/^name/));
    await userEvent.type(screen.getByLabelText(/^name/), "Big pumps");
    await userEvent.click(screen.getByRole("button", { name: "Save" }));

    const asked = await screen.findByRole("alertdialog", { name: /Cheng just changed this/ });
    expect(within(asked).getByText("¥12")).toBeInTheDocument();
    expect(onSaved).not.toHaveBeenCalled();
    await userEvent.click(within(asked).getByRole("radio", { name: "amount: take theirs" }));
    await userEvent.click(within(asked).getByRole("button", { name: "Save as chosen" }));
    await waitFor(() => expect(onSaved).toHaveBeenCalled());
    const last = calls.filter((one) => one.method === "PATCH").at(-1);
    expect([last?.version, last?.body]).toEqual(['"4"', { name: "Big pumps" }]);
  });

  it("saves at once when they changed other fields", async () => {
    const onSaved = vi.fn();
    const calls = server({
      ...base,
      "GET /records/opportunity/d1": { body: theirs },
      "PATCH /records/opportunity/d1": (call) =>
        call.version === '"4"' ? { body: { ...theirs, version: 5 } } : stale,
    });
    await show(<RecordForm object={deal} record={record} onClose={() => {}} onSaved={onSaved} />);
    await userEvent.type(await screen.findByLabelText("phone"), "2");
    await userEvent.click(screen.getByRole("button", { name: "Save" }));
    await waitFor(() => expect(onSaved).toHaveBeenCalled());
    expect(calls.filter((one) => one.method === "PATCH").map((one) => one.version)).toEqual(['"3"', '"4"']);
  });
});
