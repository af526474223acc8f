import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Button } from "antd";
import { Plus } from "lucide-react";
import { useTranslation } from "react-i18next";
import { api } from "@/shared/api/client";
import type { ObjectDef } from "@/shared/api/types";
import { type Part, sentence as plain } from "@/shared/conditions";
import { label } from "@/shared/format/format";
import { Sentence } from "./FilterBar";
import { filterOf, nodesOf } from "./filters";
import { useWords } from "./words";

/** The condition without which most would be found, and the way to leave it out. */
function Narrowing({
  object,
  filter,
  search,
  onFilter,
  onSearch,
}: {
  object: ObjectDef;
  filter: unknown;
  search: string;
  onFilter: (filter: unknown) => void;
  onSearch: () => void;
}) {
  const { t } = useTranslation();
  const nodes = nodesOf(filter);
  const { sentence } = useWords(object, filter);
  const found = useQuery({
    queryKey: ["narrowing", object.key, filter, search],
    enabled: nodes.length + (search ? 1 : 0) > 1,
    retry: false,
    queryFn: () =>
      api<{ without: number[]; without_search: number | null }>(`/records/${object.key}/narrowing`, {
        body: { filter: filter ?? {}, ...(search ? { search } : {}) },
      }),
  });
  if (!found.data) return null;
  const ways = [
    ...found.data.without.map((count, place) => ({
      count,
      what: plain(sentence(nodes[place] ?? {})),
      act: () => onFilter(filterOf(nodes.filter((_, at) => at !== place)) ?? {}),
    })),
    ...(found.data.without_search === null
      ? []
      : [{ count: found.data.without_search, what: t("list.searched", { text: search }), act: onSearch }]),
  ]
    .filter((one) => one.count > 0)
    .sort((a, b) => b.count - a.count)
    .slice(0, 3);
  if (ways.length === 0) return <p className="meta">{t("list.narrowNone")}</p>;
  return (
    <ul className="narrowing">
      {ways.map((one) => (
        <li key={one.what} className="dense">
          {t("list.narrow", { what: one.what, count: one.count })}{" "}
          <button type="button" className="plain link" onClick={one.act}>
            {t("list.narrowLeave")}
          </button>
        </li>
      ))}
    </ul>
  );
}

/** Nothing to show: nothing there yet, with one way to begin, or nothing found, with the filter in words. */
export function Empty({
  object,
  filter,
  filtered,
  parts,
  search,
  onFilter,
  onSearch,
  onClear,
  onNew,
}: {
  object: ObjectDef;
  filter: unknown;
  filtered: boolean;
  parts: Part[];
  search: string;
  onFilter: (filter: unknown) => void;
  onSearch: () => void;
  onClear: () => void;
  onNew?: () => void;
}) {
  const { t, i18n } = useTranslation();
  const plural = label(object.plural, i18n.language);
  if (filtered)
    return (
      <div className="empty list-empty">
        <p className="strong">{t("list.nothing", { name: plural })}</p>
        <p className="dense begins">
          <Sentence parts={parts} />
          {search && t(parts.length > 0 ? "list.alsoSearched" : "list.searched", { text: search })}
        </p>
        <Narrowing {...{ object, filter, search, onFilter, onSearch }} />
        <Button onClick={onClear}>{t("list.clear")}</Button>
      </div>
    );
  return (
    <div className="empty list-empty">
      <p className="strong">{t("list.empty", { name: plural })}</p>
      {onNew && (
        <Button type="primary" icon={<Plus size={15} />} onClick={onNew}>
          {t("list.new", { name: label(object.labels, i18n.language) })}
        </Button>
      )}
      <p className="dense">
        <Link to="/import">{t("list.emptyImport")}</Link>
      </p>
    </div>
  );
}
