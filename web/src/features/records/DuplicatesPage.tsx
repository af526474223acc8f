import "./merge.css";
import { useQuery } from "@tanstack/react-query";
import { Link, useParams } from "@tanstack/react-router";
import { Skeleton } from "antd";
import { ArrowLeft } from "lucide-react";
import { useTranslation } from "react-i18next";
import { api, query } from "@/shared/api/client";
import { useObject } from "@/shared/api/queries";
import type { ObjectDef, RecordData } from "@/shared/api/types";
import { FieldValue } from "@/shared/fields/FieldValue";
import { label } from "@/shared/format/format";
import { ProblemBox } from "@/shared/Problem";
import { columnsOf } from "./model";

interface Found {
  groups: { fields: { field: string; how: "same" | "begins" }[]; ids: string[]; size: number }[];
  more: boolean;
  complete: boolean;
}

/** The records of all groups with the fields they are alike in and a few to tell them apart. */
function useNamed(object: ObjectDef, found: Found | undefined, fields: string[]) {
  const ids = [...new Set(found?.groups.slice(0, 40).flatMap((group) => group.ids))].slice(0, 200);
  return useQuery({
    queryKey: ["list", object.key, "duplicates", ids, fields],
    enabled: ids.length > 0,
    queryFn: async () => {
      const filter = { field: "id", op: "in", value: ids.slice(0, 100) };
      const rest = { field: "id", op: "in", value: ids.slice(100) };
      const pages = await Promise.all(
        [filter, ...(ids.length > 100 ? [rest] : [])].map((one) =>
          api<{ records: RecordData[] }>(
            `/records/${object.key}${query({ filter: one, fields: fields.join(","), limit: 200 })}`,
          ),
        ),
      );
      return new Map(pages.flatMap((page) => page.records).map((one) => [one.id, one]));
    },
  });
}

/** Records that may be the same thing, the likeliest first, each group with what is alike and the way to merge it. */
export function DuplicatesPage() {
  const { object: key } = useParams({ strict: false }) as { object: string };
  const object = useObject(key);
  return object ? (
    <Groups object={object} />
  ) : (
    <Skeleton active className="late-in" style={{ padding: 24 }} />
  );
}

function Groups({ object }: { object: ObjectDef }) {
  const { t, i18n } = useTranslation();
  const locale = i18n.language;
  const found = useQuery({
    queryKey: ["duplicate-groups", object.key],
    queryFn: () => api<Found>(`/records/${object.key}/duplicates`),
  });
  const alike = [...new Set(found.data?.groups.flatMap((group) => group.fields.map((one) => one.field)))];
  const columns = [...new Set([...columnsOf(object).slice(0, 1), ...alike, ...columnsOf(object)])]
    .filter((one) => object.fields.some((field) => field.key === one && field.type !== "line_items"))
    .slice(0, 6);
  const records = useNamed(object, found.data, columns);
  const name = label(object.plural, locale);
  const fieldOf = (one: string) => object.fields.find((field) => field.key === one);
  return (
    <>
      <div className="page-bar">
        <Link to="/o/$object" params={{ object: object.key }} className="row soft" aria-label={name}>
          <ArrowLeft size={15} />
          {name}
        </Link>
        <h1>{t("merge.duplicates")}</h1>
      </div>
      {found.error ? (
        <ProblemBox error={found.error} retry={() => found.refetch()} />
      ) : !found.data ? (
        <Skeleton active className="late-in" style={{ padding: 24 }} />
      ) : found.data.groups.length === 0 ? (
        <div className="empty list-empty">
          <p className="strong">{t("merge.none", { name })}</p>
          <p className="dense">{t("merge.noneWhy")}</p>
        </div>
      ) : (
        <div className="twins">
          <p className="meta">
            {t("merge.found", { count: found.data.groups.length })}
            {found.data.more && ` ${t("merge.more")}`}
            {!found.data.complete && ` ${t("merge.incomplete")}`}
          </p>
          <ul>
            {found.data.groups.map((group) => (
              <li key={group.ids.join()} className="twin">
                <div className="row">
                  <span className="strong grow">
                    {group.fields
                      .map((one) =>
                        t(`merge.${one.how}`, { name: label(fieldOf(one.field)?.labels, locale) }),
                      )
                      .join(locale === "en" ? ", " : "、")}
                  </span>
                  <Link
                    to="/merge/$object"
                    params={{ object: object.key }}
                    search={{ ids: group.ids.join(",") }}
                    className="ant-btn ant-btn-default ant-btn-sm"
                  >
                    {t("merge.look", { count: group.size })}
                  </Link>
                </div>
                {group.ids.map((id) => {
                  const record = records.data?.get(id);
                  return (
                    <Link
                      key={id}
                      to="/o/$object/$id"
                      params={{ object: object.key, id }}
                      className="twin-row"
                      style={{ gridTemplateColumns: `1.6fr repeat(${columns.length - 1}, 1fr)` }}
                    >
                      {columns.map((one, place) => {
                        const field = fieldOf(one);
                        return (
                          <span key={one} className={`cut${place === 0 ? " strong" : ""}`}>
                            {record && field && <FieldValue field={field} record={record} plain still />}
                          </span>
                        );
                      })}
                    </Link>
                  );
                })}
              </li>
            ))}
          </ul>
        </div>
      )}
    </>
  );
}
