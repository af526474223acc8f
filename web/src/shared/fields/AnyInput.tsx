import { Select } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useObjects } from "@/shared/api/queries";
import type { Link } from "@/shared/api/types";
import { label } from "@/shared/format/format";
import type { InputProps } from "./FieldInput";
import { RecordSelect } from "./selects";

/** A link to a record of one of several objects: which kind first, then which one. */
export function AnyInput({ field, value, onChange, ...rest }: InputProps) {
  const { t, i18n } = useTranslation();
  const objects = useObjects();
  const present = value as { object: string; id: string; label?: string } | null;
  const [chosen, setChosen] = useState<string>();
  const allowed = field.config.objects as string[] | undefined;
  const offered = (objects.data ?? []).filter(
    (one) => one.kind === "object" && one.name_field && (!allowed || allowed.includes(one.key)),
  );
  const object = present?.object ?? chosen ?? offered.find((one) => one.key === "account")?.key;
  return (
    <div className="pair">
      <Select
        aria-label={t("form.kindOfRecord")}
        value={object}
        options={offered.map((one) => ({ value: one.key, label: label(one.labels, i18n.language) }))}
        onChange={(next: string) => {
          setChosen(next);
          if (present) onChange(null);
        }}
      />
      <RecordSelect
        {...rest}
        key={object}
        object={object ?? ""}
        value={present ? { id: present.id, label: present.label ?? "…" } : null}
        onChange={(next) => onChange(next && object ? { object, ...(next as Link) } : null)}
      />
    </div>
  );
}
