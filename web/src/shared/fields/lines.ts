import type { FieldDef } from "@/shared/api/types";

export type Line = Record<string, unknown>;

/** One factor of a product: {quantity}, coalesce({list_price}, {price}), 100. */
function factor(text: string, line: Line): number | null {
  const plain = text.trim();
  const first = /^coalesce\((.+?),(.+)\)$/.exec(plain);
  if (first) return factor(first[1] ?? "", line) ?? factor(first[2] ?? "", line);
  const ref = /^\{(\w+)\}$/.exec(plain);
  const value = ref ? line[ref[1] ?? ""] : plain;
  if (value === null || value === undefined || value === "" || Number.isNaN(Number(value))) return null;
  return Number(value);
}

/**
 * What a line's formula will give, for the products and quotients that lines are made of: a preview while typing, the
 * server works it out. Null for anything else, and while a figure is missing.
 */
export function preview(expression: string, line: Line): number | null {
  const rounded = /^round\((.+),\s*(\d)\)$/.exec(expression.trim());
  const body = rounded?.[1] ?? expression;
  let total = 1;
  for (const part of body.split("*")) {
    const [above = "", ...below] = part.split("/");
    const top = factor(above, line);
    if (top === null) return null;
    total *= top;
    for (const one of below) {
      const bottom = factor(one, line);
      if (!bottom) return null;
      total /= bottom;
    }
  }
  return Number(total.toFixed(Number(rounded?.[2] ?? 2)));
}

/** What is shown of a computed column: the preview where there is one, else what the server said last. */
export function computed(column: FieldDef, line: Line): number | null {
  const found = preview(String(column.config.expression ?? ""), line);
  if (found !== null) return found;
  const kept = line[column.key];
  return kept === null || kept === undefined ? null : Number(kept);
}

/** What choosing a record brings along: fields of the same name, and the price from the list price; never over typed values. */
export function brought(columns: FieldDef[], line: Line, chosen: Record<string, unknown>): Line {
  const found: Line = {};
  for (const column of columns) {
    const empty = line[column.key] === null || line[column.key] === undefined || line[column.key] === "";
    const source = column.key === "price" && chosen.price === undefined ? "list_price" : column.key;
    if (empty && column.type !== "relation" && chosen[source] !== undefined && chosen[source] !== null)
      found[column.key] = chosen[source];
  }
  return found;
}
