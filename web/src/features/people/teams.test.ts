import { expect, test } from "vitest";
import type { Team } from "./api";
import { ordered } from "./TeamList";

const team = (id: string, parent: string | null): Team => ({
  id,
  parent,
  name: id,
  manager: null,
  members: 0,
});

test("each team stands under the one above it, one step further in", () => {
  const tree = ordered([
    team("east", null),
    team("west", null),
    team("east-1", "east"),
    team("east-1-a", "east-1"),
  ]);

  expect(tree.map((one) => [one.team.id, one.depth])).toEqual([
    ["east", 0],
    ["east-1", 1],
    ["east-1-a", 2],
    ["west", 0],
  ]);
});
