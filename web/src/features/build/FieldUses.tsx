import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { api } from "@/shared/api/client";
import { useObjects } from "@/shared/api/queries";
import type { Labels, ObjectDef } from "@/shared/api/types";
import { label } from "@/shared/format/format";

/** One place that names a field. */
export interface Use {
  kind: string;
  object: string;
  key: string;
  labels: Labels;
  breaks: boolean;
  removable: boolean;
  part: string | null;
}

export interface Uses {
  count: number;
  uses: Use[];
  records: number | null;
  options: Record<string, number>;
}

/** What uses a field; nothing is asked for a field that does not exist yet. */
export function useFieldUses(object: string, field: string | undefined) {
  return useQuery({
    queryKey: ["uses", object, field],
    enabled: field !== undefined,
    queryFn: () => api<Uses>(`/objects/${object}/fields/${field ?? ""}/uses`),
  });
}

/** The place a use is in, as a link where there is one to go to. */
export function UseLine({ use }: { use: Use }) {
  const { t, i18n } = useTranslation();
  const objects = useObjects().data;
  const owner = label(objects?.find((one) => one.key === use.object)?.labels, i18n.language) || use.object;
  const text = `${t(`build.use.${use.kind}`)} · ${use.kind === "setting" ? t(`build.setting.${use.key}`, { defaultValue: use.key }) : label(use.labels, i18n.language)}`;
  const more = ` (${owner})`;
  if (use.kind.startsWith("view"))
    return (
      <Link to="/o/$object" params={{ object: use.object }} search={{ view: use.key }}>
        {text}
        {more}
      </Link>
    );
  if (use.kind === "stage" || use.kind === "pipeline")
    return (
      <Link to="/build/objects" search={{ object: use.object, tab: "stages" }}>
        {text}
        {more}
      </Link>
    );
  if (["formula", "roll_up", "relation", "relation_many", "relation_any"].includes(use.kind))
    return (
      <Link to="/build/objects" search={{ object: use.object, field: use.key }}>
        {text}
        {more}
      </Link>
    );
  return (
    <span>
      {text}
      {more}
    </span>
  );
}

/** "Used in 4 places", each with its link. */
export function FieldUses({ uses }: { object: ObjectDef; uses: Uses | undefined }) {
  const { t } = useTranslation();
  if (!uses) return null;
  return (
    <section
      className={uses.uses.some((use) => use.breaks) ? "uses strongly" : "uses"}
      aria-label={t("build.uses")}
    >
      <p className="strong">{uses.count ? t("build.usedIn", { count: uses.count }) : t("build.unused")}</p>
      {uses.records !== null && <p className="meta">{t("build.filledIn", { count: uses.records })}</p>}
      {uses.uses.map((use) => (
        <p key={`${use.kind}.${use.object}.${use.key}.${use.part}`} className="dense">
          <UseLine use={use} />
        </p>
      ))}
    </section>
  );
}
