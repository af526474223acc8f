import { expect, test } from "vitest";
import { safeNext } from "./SignIn";

test("after signing in one goes on to a page of our own", () => {
  expect(safeNext("/o/account?view=all")).toBe("/o/account?view=all");
});

test.each(["https://example.com", "//example.com", "/\\example.com", "javascript:alert(1)", undefined])(
  "an address that leads elsewhere is not followed: %s",
  (next) => {
    expect(safeNext(next)).toBe("/");
  },
);
