import { useQuery } from "@tanstack/react-query";
import { Check } from "lucide-react";
import { useDeferredValue } from "react";
import { useTranslation } from "react-i18next";
import { api } from "@/shared/api/client";
import type { ObjectDef } from "@/shared/api/types";
import { useSentence } from "@/shared/Problem";
import type { DraftField } from "./draft";

interface Tried {
  id: string;
  label: string;
  value: string | null;
}

/** A formula worked out for a few real records while it is being written, or what is wrong with it. */
export function FormulaTry({ object, field }: { object: ObjectDef; field: DraftField }) {
  const { t } = useTranslation();
  const sentence = useSentence();
  const { expression, result, scale } = field.config as Record<string, unknown>;
  const spec = useDeferredValue(
    JSON.stringify({
      expression,
      result,
      scale: scale ?? undefined,
      ...(field.mark === "new" ? {} : { field: field.key }),
    }),
  );
  const found = useQuery({
    queryKey: ["formula-try", object.key, spec],
    enabled: Boolean(expression && result),
    retry: false,
    queryFn: () => api<{ values: Tried[] }>(`/objects/${object.key}/formula-try`, { body: JSON.parse(spec) }),
  });
  if (found.error)
    return (
      <p className="bad meta" role="status">
        {sentence(found.error)}
      </p>
    );
  if (!found.data || found.data.values.length === 0) return null;
  return (
    <p
      className="good meta row"
      role="status"
      title={found.data.values.map((one) => `${one.label}: ${one.value ?? "—"}`).join("\n")}
    >
      <Check size={13} />
      {t("build.tried", {
        count: found.data.values.length,
        values: found.data.values.map((one) => one.value ?? "—").join("、"),
      })}
    </p>
  );
}
