import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Plus } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api, query } from "@/shared/api/client";
import { useMe, useObjects } from "@/shared/api/queries";
import type { FieldDef, ObjectDef, RecordData, Link as RecordLink } from "@/shared/api/types";
import { FieldValue } from "@/shared/fields/FieldValue";
import { label } from "@/shared/format/format";
import { relatedOf, type Values } from "./model";
import { RecordForm } from "./RecordForm";
import { useUndo } from "./useUndo";

interface ListOf {
  object: ObjectDef;
  field: FieldDef;
  /** The record that the list's field points at. */
  to: { id: string; label: string; object: string };
}

/** The column that says most beside the name, and the figure or day at the end of the line. */
function columnsFor(object: ObjectDef, field: FieldDef): { side?: FieldDef; end?: FieldDef } {
  const listed = (object.config.list ?? []).flatMap(
    (key) => object.fields.find((one) => one.key === key) ?? [],
  );
  const rest = listed.filter(
    (one) => !one.system && one.key !== object.name_field && one.key !== field.key && one.level !== "masked",
  );
  const end =
    rest.find((one) => ["money", "date", "datetime"].includes(one.type) || one.config.result === "money") ??
    rest.find((one) => one.type === "phone");
  const side = rest.find((one) => ["select", "stage", "text"].includes(one.type) && one !== end);
  return { side, end };
}

const SHOWN = 5;

function RelatedList({ list, extra }: { list: ListOf; extra: Values }) {
  const { t, i18n } = useTranslation();
  const me = useMe();
  const queries = useQueryClient();
  const undo = useUndo();
  const [adding, setAdding] = useState(false);
  const { object, field, to } = list;
  const locale = i18n.language;
  const filter = { field: field.key, op: "eq", value: to.id };
  const { side, end } = columnsFor(object, field);
  const name = object.name_field ?? "serial";
  const fields = [name, side?.key, end?.key].filter(Boolean).join(",");
  const found = useQuery({
    queryKey: ["related", object.key, field.key, to.id],
    queryFn: () =>
      api<{ records: RecordData[]; total: number }>(
        `/records/${object.key}${query({ filter, fields, limit: SHOWN, total: true, sort: "-created_at" })}`,
      ),
  });
  const may = me.data?.objects[object.key]?.create;
  const total = found.data?.total ?? 0;
  if (found.error || (total === 0 && !may)) return null;
  const plural = label(object.plural, locale);
  const shown = Object.fromEntries(
    Object.entries(extra).filter(([key]) =>
      object.fields.some((one) => one.key === key && one.type === "relation"),
    ),
  );
  const self =
    field.type === "relation_any"
      ? { object: to.object, id: to.id, label: to.label }
      : { id: to.id, label: to.label };
  return (
    <section className="related" aria-label={plural}>
      <header className="row">
        <h2 className="grow">
          {plural} {total > 0 && <span className="meta">{total}</span>}
        </h2>
        {may && (
          <button
            type="button"
            className="plain icon"
            aria-label={t("list.new", { name: label(object.labels, locale) })}
            onClick={() => setAdding(true)}
          >
            <Plus size={15} />
          </button>
        )}
      </header>
      <ul>
        {(found.data?.records ?? []).map((row) => (
          <li key={row.id}>
            <Link to="/o/$object/$id" params={{ object: object.key, id: row.id }} className="cut">
              {String(row[name] ?? row.serial ?? "—")}
            </Link>
            {side && row[side.key] != null && (
              <span className="meta cut">
                <FieldValue field={side} record={row} still plain />
              </span>
            )}
            <span className="grow" />
            {end && row[end.key] != null && <FieldValue field={end} record={row} still />}
          </li>
        ))}
      </ul>
      {total > SHOWN && (
        <Link
          to="/o/$object"
          params={{ object: object.key }}
          search={{ filter, view: "all" } as never}
          className="dense"
        >
          {t("record.allOf", { count: total })}
        </Link>
      )}
      {adding && (
        <RecordForm
          object={object}
          initial={{ ...shown, [field.key]: self }}
          onClose={() => setAdding(false)}
          onSaved={async (saved) => {
            setAdding(false);
            await Promise.all(
              ["related", "record", "timeline"].map((key) => queries.invalidateQueries({ queryKey: [key] })),
            );
            undo(t("record.made", { name: String(saved[name] ?? saved.serial ?? "") }), async () => {
              await api(`/records/${object.key}/${saved.id}`, { method: "DELETE", version: saved.version });
              await queries.invalidateQueries({ queryKey: ["related"] });
            });
          }}
        />
      )}
    </section>
  );
}

/** The lists that point at a record, and the contacts of its account, each with a way to add to it. */
export function Related({ object, record, name }: { object: ObjectDef; record: RecordData; name: string }) {
  const objects = useObjects().data ?? [];
  const to = { id: record.id, label: name, object: object.key };
  const account = record.account as RecordLink | null | undefined;
  const lists: ListOf[] = relatedOf(objects, object.key)
    .filter((one) => one.object.key !== "activity")
    .map((one) => ({ ...one, to }));
  const contacts = objects.find((one) => one.key === "contact");
  const through = contacts?.fields.find((one) => one.key === "account" && one.type === "relation");
  if (
    account &&
    contacts &&
    through &&
    object.key !== "contact" &&
    !lists.some((one) => one.object === contacts)
  )
    lists.unshift({ object: contacts, field: through, to: { ...account, object: "account" } });
  const extra: Values = account ? { account } : {};
  return (
    <>
      {lists.map((list) => (
        <RelatedList key={list.object.key} list={list} extra={extra} />
      ))}
    </>
  );
}
