import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { api } from "@/shared/api/client";
import type { ObjectDef } from "@/shared/api/types";
import { sendable, type Values, watched } from "./model";

export interface Candidates {
  candidates: { id: string; label: string; fields: string[] }[];
  others: number;
}

/** Records that already hold what is being typed, asked a moment after typing stops. */
export function useDuplicates(object: ObjectDef, typed: Values, exclude?: string): Candidates | undefined {
  const asked = Object.fromEntries(
    object.fields
      .filter((field) => watched(field) && typed[field.key])
      .map((field) => [field.key, typed[field.key]]),
  );
  const wanted = JSON.stringify(asked);
  const [settled, setSettled] = useState("{}");
  useEffect(() => {
    const timer = setTimeout(() => setSettled(wanted), 350);
    return () => clearTimeout(timer);
  }, [wanted]);
  const found = useQuery({
    queryKey: ["duplicates", object.key, exclude, settled],
    enabled: settled !== "{}",
    retry: false,
    queryFn: () =>
      api<Candidates>(`/records/${object.key}/duplicates`, {
        body: { values: sendable(JSON.parse(settled)), ...(exclude ? { exclude } : {}) },
      }),
  });
  return settled === "{}" ? undefined : found.data;
}

/** The warning beside the field that is the same. */
export function Duplicates({
  object,
  field,
  found,
}: {
  object: ObjectDef;
  field: string;
  found: Candidates | undefined;
}) {
  const { t } = useTranslation();
  const same = found?.candidates.filter((one) => one.fields.includes(field)) ?? [];
  if (same.length === 0) return null;
  return (
    <div className="duplicates" role="status">
      {same.slice(0, 3).map((one) => (
        <p key={one.id}>
          {t("form.duplicate", { name: one.label || "—" })}{" "}
          <Link to="/o/$object/$id" params={{ object: object.key, id: one.id }}>
            {t("form.useThis")}
          </Link>
        </p>
      ))}
    </div>
  );
}
