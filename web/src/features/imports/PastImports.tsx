import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { api } from "@/shared/api/client";
import { useMe, useObjects } from "@/shared/api/queries";
import { label, moment, number } from "@/shared/format/format";
import type { ImportState } from "./shapes";

/** What was imported before, newest first; each opens its figures and its undo. */
export function PastImports() {
  const { t, i18n } = useTranslation();
  const objects = useObjects();
  const zone = useMe().data?.workspace.time_zone ?? "UTC";
  const found = useQuery({
    queryKey: ["imports"],
    queryFn: async () => (await api<{ imports: ImportState[] }>("/imports")).imports,
  });
  const past = (found.data ?? []).filter((one) => one.state !== "ready").slice(0, 12);
  if (past.length === 0) return null;
  return (
    <section>
      <h2 className="section-title">{t("imp.past")}</h2>
      {past.map((one) => {
        const object = objects.data?.find((known) => known.key === one.object);
        return (
          <Link key={one.id} to="/import" search={{ id: one.id }} className="past">
            <span className="strong cut">{one.file}</span>
            <span>{object ? label(object.plural, i18n.language) : one.object}</span>
            <span className="meta">
              {t("imp.result", {
                created: number(one.created),
                updated: number(one.updated),
                refused: number(one.refused),
              })}
            </span>
            <span className="meta">{t(`imp.short.${one.state}`)}</span>
            <span className="meta end">{moment(one.created_at, i18n.language, zone)}</span>
          </Link>
        );
      })}
    </section>
  );
}
