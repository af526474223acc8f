import { expect, it } from "vitest";
import type { FieldDef } from "@/shared/api/types";
import { brought, preview } from "./lines";

const column = (key: string, type = "money") => ({ key, type, config: {} }) as unknown as FieldDef;

it("previews the products that lines are made of", () => {
  expect(preview("round({quantity} * {price}, 2)", { quantity: "3", price: "10.335" })).toBe(31.01);
  expect(
    preview("round({quantity} * coalesce({list_price}, {price}), 2)", {
      quantity: 2,
      list_price: null,
      price: 5,
    }),
  ).toBe(10);
  expect(
    preview("round({quantity} * {price} * coalesce({tax_rate}, 0) / 100, 2)", { quantity: 2, price: 50 }),
  ).toBe(0);
  expect(preview("round({quantity} * {price}, 2)", { quantity: 2 })).toBeNull();
  expect(preview("days_between({a}, now())", { a: "2026-01-01" })).toBeNull();
});

it("brings the price along with the product, but never over a typed one", () => {
  const columns = [column("product", "relation"), column("list_price"), column("price")];
  expect(brought(columns, { price: "9" }, { list_price: "12.00", name: "x" })).toEqual({
    list_price: "12.00",
  });
  expect(brought(columns, {}, { list_price: "12.00" })).toEqual({ list_price: "12.00", price: "12.00" });
});
