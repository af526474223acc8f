import { Button } from "antd";
import { Undo2 } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useMe } from "@/shared/api/queries";
import type { Labels } from "@/shared/api/types";
import { label, moment } from "@/shared/format/format";
import { useSentence } from "@/shared/Problem";
import { type Designed, type SchemaChange, useChanges, useDesigner } from "./api";

const KINDS = [
  "field.added",
  "field.changed",
  "field.retired",
  "field.restored",
  "field.retyped",
  "index.added",
  "object.changed",
  "object.created",
  "object.retired",
  "object.restored",
  "objects.ordered",
  "layout.changed",
  "rights.changed",
  "design.published",
];
const LASTING = ["index.added", "rights.changed", "design.published"];

/** What was changed in an object, by whom and when; each change can be taken back as long as it still holds. */
export function Changes({ object }: { object: Designed }) {
  const { t, i18n } = useTranslation();
  const locale = i18n.language;
  const zone = useMe().data?.workspace.time_zone ?? "UTC";
  const found = useChanges();
  const send = useDesigner();
  const sentence = useSentence();
  const [refusal, setRefusal] = useState<{ id: string; text: string } | null>(null);
  const changes = (found.data ?? []).filter((one) => one.object === object.key);
  const undo = async (change: SchemaChange) => {
    setRefusal(null);
    try {
      await send(`/schema-changes/${change.id}/undo`, "POST");
    } catch (problem) {
      setRefusal({ id: change.id, text: sentence(problem) });
    }
  };
  const nameOf = (change: SchemaChange): string => {
    if (!change.field) return label(object.labels, locale);
    const known =
      object.fields.find((one) => one.key === change.field) ??
      object.retired_fields?.find((one) => one.key === change.field);
    const labels = known?.labels ?? (change.after?.labels as Labels | undefined);
    return label(labels, locale) || change.field;
  };
  return (
    <div className="changes">
      {changes.map((change) => (
        <div key={change.id} className={change.undone ? "row line undone" : "row line"}>
          <span className="grow">
            {t(`build.kind.${KINDS.includes(change.kind) ? change.kind.replace(".", "_") : "other"}`, {
              name: nameOf(change),
              kind: change.kind,
            })}
            {refusal?.id === change.id && (
              <span className="bad meta" role="alert">
                {" "}
                {refusal.text}
              </span>
            )}
          </span>
          <span className="meta">{change.actor?.label ?? t("build.system")}</span>
          <span className="meta when">{moment(change.at, locale, zone)}</span>
          {change.undone ? (
            <span className="meta act">{t("build.undone")}</span>
          ) : (
            <Button
              type="text"
              size="small"
              className="act"
              icon={<Undo2 size={14} />}
              disabled={LASTING.includes(change.kind)}
              onClick={() => undo(change)}
            >
              {t("build.undo")}
            </Button>
          )}
        </div>
      ))}
      {found.data && changes.length === 0 && <p className="empty">{t("build.noChanges")}</p>}
    </div>
  );
}
