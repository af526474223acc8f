import { Link } from "@tanstack/react-router";
import { useVirtualizer } from "@tanstack/react-virtual";
import { useEffect, useRef } from "react";
import { useTranslation } from "react-i18next";
import type { FieldDef, ObjectDef, RecordData } from "@/shared/api/types";
import { FieldValue } from "@/shared/fields/FieldValue";
import { label } from "@/shared/format/format";
import { nameOf } from "./Table";

const HEIGHT = 64;

/** A list on a phone: two lines a record, the view's first four columns; only the rows in sight are drawn and fetched. */
export function PhoneRows({
  object,
  fields,
  at,
  total,
  onShown,
  onIntent,
}: {
  object: ObjectDef;
  fields: FieldDef[];
  at: (place: number) => RecordData | undefined;
  total: number;
  onShown: (first: number, last: number) => void;
  onIntent: (record: RecordData) => void;
}) {
  const { i18n } = useTranslation();
  const box = useRef<HTMLDivElement>(null);
  const virtual = useVirtualizer({
    count: total,
    getScrollElement: () => box.current,
    estimateSize: () => HEIGHT,
    overscan: 8,
  });
  const items = virtual.getVirtualItems();
  const [first, last] = [items[0]?.index ?? 0, items.at(-1)?.index ?? 0];
  useEffect(() => onShown(first, last), [first, last, onShown]);
  const rest = fields.slice(1, 5);
  const figure = rest.find((field) => ["money", "number"].includes(field.type));
  const others = rest.filter((field) => field !== figure);
  return (
    <div className="phone-rows" ref={box}>
      <ul
        aria-label={label(object.plural, i18n.language)}
        style={{ height: virtual.getTotalSize(), position: "relative" }}
      >
        {items.map((item) => {
          const row = at(item.index);
          const place = { transform: `translateY(${item.start}px)`, height: HEIGHT };
          if (!row) return <li key={item.key} className="phone-row" style={place} aria-hidden="true" />;
          return (
            <li key={item.key} style={place} aria-posinset={item.index + 1} aria-setsize={total}>
              <Link
                to="/o/$object/$id"
                params={{ object: object.key, id: row.id }}
                className="phone-row"
                onPointerDown={() => onIntent(row)}
              >
                <span className="row">
                  <span className="strong cut grow">{nameOf(object, fields[0], row)}</span>
                  {figure && row[figure.key] != null && (
                    <span className="strong">
                      <FieldValue field={figure} record={row} />
                    </span>
                  )}
                </span>
                <span className="row dense soft">
                  {others.map((field) =>
                    row[field.key] === null || row[field.key] === undefined ? null : (
                      <span key={field.key} className="cut">
                        <FieldValue field={field} record={row} plain still />
                      </span>
                    ),
                  )}
                </span>
              </Link>
            </li>
          );
        })}
      </ul>
    </div>
  );
}
