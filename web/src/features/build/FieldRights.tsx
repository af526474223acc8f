import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Select } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api } from "@/shared/api/client";
import { useMe } from "@/shared/api/queries";
import type { FieldDef, Labels, ObjectDef } from "@/shared/api/types";
import { label } from "@/shared/format/format";
import { useSentence } from "@/shared/Problem";
import type { DraftField } from "./draft";

export interface RoleRights {
  key: string;
  labels: Labels;
  read: string;
  create: boolean;
  fixed: boolean;
  named: string[];
  fields: Record<string, FieldDef["level"]>;
}

/** What every role may do with every field of an object, as it holds now. */
export function useRights(object: string) {
  return useQuery({
    queryKey: ["rights", object],
    queryFn: async () => (await api<{ roles: RoleRights[] }>(`/objects/${object}/rights`)).roles,
  });
}

const LEVELS = ["write", "read", "masked", "hidden"] as const;

/** Who may see and change a field, one line a role; a change holds at once and is logged. */
export function FieldRights({ object, field }: { object: ObjectDef; field: DraftField }) {
  const { t, i18n } = useTranslation();
  const rights = useRights(object.key);
  const queries = useQueryClient();
  const sentence = useSentence();
  const may = useMe().data?.rights.manage_users;
  const [error, setError] = useState<unknown>(null);
  if (field.mark === "new") return <p className="meta">{t("build.rightsLater")}</p>;
  const roles = (rights.data ?? []).filter((role) => role.fixed || role.read !== "none" || role.create);
  const set = async (role: string, level: string) => {
    setError(null);
    try {
      const path = `/roles/${role}/fields/${object.key}/${field.key}` as const;
      const body = { level: level === "default" ? null : level };
      const answer = await api<{ roles: RoleRights[] }>(path, { method: "PUT", body });
      queries.setQueryData(["rights", object.key], answer.roles);
      await queries.invalidateQueries({ queryKey: ["schema-changes"] });
    } catch (problem) {
      setError(problem);
    }
  };
  return (
    <section className="rights" aria-label={t("build.rights")}>
      <h3>{t("build.rights")}</h3>
      {roles.map((role) => (
        <div key={role.key} className="row right">
          <span className="grow cut">{label(role.labels, i18n.language)}</span>
          {role.fixed || !may ? (
            <span className="meta">{t(`build.level.${role.fields[field.key] ?? "hidden"}`)}</span>
          ) : (
            <Select
              size="small"
              variant="borderless"
              popupMatchSelectWidth={false}
              aria-label={t("build.rightOf", { role: label(role.labels, i18n.language) })}
              value={role.fields[field.key] ?? "hidden"}
              onChange={(level) => set(role.key, level)}
              options={[
                ...LEVELS.map((level) => ({ value: level as string, label: t(`build.level.${level}`) })),
                ...(role.named.includes(field.key)
                  ? [{ value: "default", label: t("build.level.default") }]
                  : []),
              ]}
            />
          )}
        </div>
      ))}
      {!may && <p className="meta">{t("build.rightsWhose")}</p>}
      {error !== null && (
        <p className="bad meta" role="alert">
          {sentence(error)}
        </p>
      )}
    </section>
  );
}
