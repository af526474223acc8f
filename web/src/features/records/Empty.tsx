import { Link } from "@tanstack/react-router";
import { Button } from "antd";
import { Plus } from "lucide-react";
import { useTranslation } from "react-i18next";
import type { ObjectDef } from "@/shared/api/types";
import type { Part } from "@/shared/conditions";
import { label } from "@/shared/format/format";
import { Sentence } from "./FilterBar";

/** Nothing to show: nothing there yet, with one way to begin, or nothing found, with the filter in words. */
export function Empty({
  object,
  filtered,
  parts,
  search,
  onClear,
  onNew,
}: {
  object: ObjectDef;
  filtered: boolean;
  parts: Part[];
  search: string;
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
