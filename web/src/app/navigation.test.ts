import { expect, test } from "vitest";
import { placesOf } from "@/app/navigation";
import type { FieldDef, Me, ObjectDef } from "@/shared/api/types";

const object = (key: string, types: string[] = []): ObjectDef => ({
  key,
  labels: { zh: key, en: key },
  plural: { zh: `${key}们`, en: `${key}s` },
  icon: null,
  name_field: "name",
  kind: "object",
  parent: null,
  config: {},
  fields: types.map((type) => ({ key: type, type }) as FieldDef),
});
const may = (read: string, imports = false) => ({
  create: true,
  read,
  update: read,
  delete: read,
  export: true,
  import: imports,
  bulk: true,
  transfer: "none",
});
const me = (objects: Me["objects"], rights: Record<string, boolean> = {}): Me => ({
  user: { id: "u", name: "U", email: "u@example.com", locale: "en" },
  workspace: { name: "W", locale: "en", time_zone: "UTC", currency: "CNY" },
  rights,
  objects,
});
const say = (key: string) => key;
const keys = (objects: ObjectDef[], who: Me) => placesOf(objects, who, "en", say).map((place) => place.key);

test("a seller is led to what may be read, and to nothing that builds", () => {
  const objects = [object("account"), object("secret")];

  expect(keys(objects, me({ account: may("own"), secret: may("none") }))).toEqual([
    "home",
    "account",
    "dashboard",
  ]);
});

test("a designer finds the objects, an administrator the people, an importer the import", () => {
  const objects = [object("account")];
  const everything = me({ account: may("all", true) }, { design: true, manage_users: true });

  expect(keys(objects, everything)).toEqual(["home", "account", "dashboard", "import", "objects", "people"]);
});

test("the pipeline stands right after the object that has stages", () => {
  const objects = [object("opportunity", ["stage"]), object("quote")];
  const who = me({ opportunity: may("own"), quote: may("own") });

  expect(keys(objects, who)).toEqual(["home", "opportunity", "board-opportunity", "quote", "dashboard"]);
});

test("tables of lines are no places", () => {
  const lines: ObjectDef = { ...object("opportunity_lines"), kind: "lines", parent: "opportunity" };

  expect(keys([lines], me({ opportunity_lines: may("all") }))).toEqual(["home", "dashboard"]);
});
