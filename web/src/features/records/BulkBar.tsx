import { useNavigate } from "@tanstack/react-router";
import { Dropdown } from "antd";
import { ArrowRight, Download, Merge, PencilLine, Tag, Trash2, UserRoundPen, X } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useMe } from "@/shared/api/queries";
import type { ObjectDef, RecordData } from "@/shared/api/types";
import { type Action, BulkDialog, type Choice } from "./BulkDialog";
import { exportPath } from "./ListMenu";
import { isWritable } from "./model";

export type { Choice } from "./BulkDialog";

const MOST_MERGED = 10;
const MOST_NAMED = 150; // ids that fit into an address

/** What can be done with the chosen records; every action first says how many will change and how many are refused. */
export function BulkBar({
  object,
  choice,
  chosen,
  count,
  sum,
  total,
  sort,
  columns,
  onAll,
  onClear,
}: {
  object: ObjectDef;
  choice: Choice;
  chosen: RecordData[];
  count: number;
  sum: string | null;
  total: number;
  sort: string;
  columns: string[];
  /** Choose all that the list finds, not only those loaded; absent where that is not possible. */
  onAll?: () => void;
  onClear: () => void;
}) {
  const { t } = useTranslation();
  const me = useMe();
  const navigate = useNavigate();
  const rights = me.data?.objects[object.key];
  const [asked, setAsked] = useState<{ action: Action; field?: string } | null>(null);
  const owner = object.fields.find((field) => field.key === "owner" && isWritable(field));
  const stage = object.fields.find((field) => field.type === "stage" && isWritable(field));
  // The tags that every object has, not a field of its own that happens to hold tags.
  const tags = object.fields.find((field) => field.key === "tags" && isWritable(field));
  const named = "ids" in choice;
  const filter = named ? { field: "id", op: "in", value: choice.ids } : choice.filter;
  const mergeable =
    named &&
    chosen.length > 1 &&
    chosen.length <= MOST_MERGED &&
    rights?.update !== "none" &&
    rights?.delete !== "none";
  const button = (icon: React.ReactNode, text: string, act: () => void) => (
    <button type="button" className="plain row" onClick={act}>
      {icon}
      <span className="bulk-word">{text}</span>
    </button>
  );
  return (
    <div className="bulk" role="toolbar" aria-label={t("list.bulk")}>
      <span>
        <b aria-live="polite">{t("list.selected", { count })}</b>
        {sum && <span className="soft"> · {sum}</span>}
      </span>
      {onAll && total > count && (
        <button type="button" className="plain all" onClick={onAll}>
          {t("list.chooseAll", { count: total })}
        </button>
      )}
      {rights?.bulk && (
        <>
          {owner &&
            rights.transfer !== "none" &&
            button(<UserRoundPen size={15} />, t("list.owner"), () =>
              setAsked({ action: "update", field: owner.key }),
            )}
          {stage &&
            button(<ArrowRight size={15} />, t("list.moveStage"), () =>
              setAsked({ action: "update", field: stage.key }),
            )}
          {rights.update !== "none" &&
            button(<PencilLine size={15} />, t("list.changeField"), () => setAsked({ action: "update" }))}
          {tags &&
            rights.update !== "none" &&
            button(<Tag size={15} />, t("list.tags"), () => setAsked({ action: "add", field: tags.key }))}
          {mergeable &&
            button(<Merge size={15} />, t("list.merge"), () =>
              navigate({
                to: "/merge/$object",
                params: { object: object.key },
                search: { ids: chosen.map((one) => one.id).join(",") },
              }),
            )}
          {rights.export && (!named || choice.ids.length <= MOST_NAMED) && (
            <Dropdown
              trigger={["click"]}
              menu={{
                items: ["xlsx", "csv"].map((format) => ({
                  key: format,
                  label: (
                    <a href={exportPath(object.key, format, { filter, sort, columns })}>
                      {t(`list.export_${format}`)}
                    </a>
                  ),
                })),
              }}
            >
              <button type="button" className="plain row" aria-label={t("list.export")}>
                <Download size={15} />
              </button>
            </Dropdown>
          )}
          {rights.delete !== "none" && (
            <button
              type="button"
              className="plain row"
              aria-label={t("list.delete")}
              title={t("list.delete")}
              onClick={() => setAsked({ action: "delete" })}
            >
              <Trash2 size={15} />
            </button>
          )}
        </>
      )}
      <button type="button" className="plain end" aria-label={t("list.close")} onClick={onClear}>
        <X size={15} />
      </button>
      {asked && (
        <BulkDialog
          object={object}
          choice={choice}
          count={count}
          action={asked.action}
          field={asked.field}
          onClose={() => setAsked(null)}
          onDone={() => {
            setAsked(null);
            onClear();
          }}
        />
      )}
    </div>
  );
}
