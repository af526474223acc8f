import { screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, it, vi } from "vitest";
import { field, me, object, server, show } from "@/shared/testing";
import { BulkBar } from "./BulkBar";

const deal = object("opportunity", [field("name"), field("next_step")]);
const bar = (onClear = () => {}) => (
  <BulkBar
    object={deal}
    choice={{ ids: ["a", "b", "c"] }}
    chosen={[]}
    sort="name"
    columns={["name"]}
    count={3}
    sum="¥627,000"
    total={9}
    onClear={onClear}
  />
);
const preview = (changes: number) => ({
  body: {
    total: 3,
    tried: 3,
    changes,
    unchanged: 0,
    refused: 3 - changes,
    reasons: [{ message: "The record is locked", count: 3 - changes }],
  },
});
const done = { body: { id: "k1", state: "done", total: 3, done: 3, changed: 2, refused: 1 } };
const previewed = (call: { body: unknown }) => (call.body as { preview?: boolean }).preview === true;

it("says before a deletion how many go and why others stay, then offers to take it back", async () => {
  const onClear = vi.fn();
  const calls = server({
    "GET /me": { body: me("opportunity") },
    "POST /records/opportunity/bulk": (call) => (previewed(call) ? preview(2) : done),
    "POST /bulk/k1/undo": done,
  });
  await show(bar(onClear));
  expect(await screen.findByText("3 selected")).toBeInTheDocument();
  await userEvent.click(await screen.findByRole("button", { name: "Delete" }));
  expect(await screen.findByText("1: The record is locked")).toBeInTheDocument();
  expect(calls.filter((one) => one.path.endsWith("/bulk")).every(previewed)).toBe(true);

  await userEvent.click(screen.getByRole("button", { name: "Delete 2" }));
  await waitFor(() => expect(onClear).toHaveBeenCalled());
  await userEvent.click(await screen.findByRole("button", { name: "Undo" }));
  await waitFor(() => expect(calls.some((one) => one.path === "/bulk/k1/undo")).toBe(true));
});

it("does nothing when every record would be refused", async () => {
  server({ "GET /me": { body: me("opportunity") }, "POST /records/opportunity/bulk": preview(0) });
  await show(bar());
  await userEvent.click(await screen.findByRole("button", { name: "Delete" }));
  await screen.findByText("3: The record is locked");
  expect(screen.getByRole("button", { name: "Delete 0" })).toBeDisabled();
});
