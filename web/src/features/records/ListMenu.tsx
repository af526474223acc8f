import { useNavigate } from "@tanstack/react-router";
import { Button, Dropdown } from "antd";
import { Copy, Download, FileSpreadsheet, FileText } from "lucide-react";
import { useTranslation } from "react-i18next";
import { query } from "@/shared/api/client";
import { useMe } from "@/shared/api/queries";
import type { ObjectDef } from "@/shared/api/types";
import type { useListState } from "./listState";
import { watched } from "./model";

/** Where a file of a list is fetched from: all that the filter finds, not the page. */
export function exportPath(
  object: string,
  format: string,
  wanted: { filter?: unknown; sort?: string; search?: string; columns: string[] },
): string {
  const { columns, ...rest } = wanted;
  return `/api/v1/records/${object}/export${query({ format, ...rest, fields: columns.join(",") })}`;
}

/** What can be done with the whole list: a file of it, looking for duplicates. */
export function ListMenu({ object, state }: { object: ObjectDef; state: ReturnType<typeof useListState> }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const rights = useMe().data?.objects[object.key];
  const twins = object.fields.some(watched) && rights?.update !== "none" && rights?.delete !== "none";
  const items = [
    ...(rights?.export
      ? ["xlsx", "csv"].map((format) => ({
          key: format,
          icon: format === "xlsx" ? <FileSpreadsheet size={14} /> : <FileText size={14} />,
          label: (
            <a
              href={exportPath(object.key, format, {
                filter: state.filter,
                sort: state.sort,
                search: state.q,
                columns: state.columns,
              })}
            >
              {t(`list.export_${format}`)}
            </a>
          ),
        }))
      : []),
    ...(twins
      ? [
          {
            key: "duplicates",
            icon: <Copy size={14} />,
            label: t("list.findDuplicates"),
            onClick: () => navigate({ to: "/duplicates/$object", params: { object: object.key } }),
          },
        ]
      : []),
  ];
  if (items.length === 0) return null;
  return (
    <Dropdown trigger={["click"]} menu={{ items }}>
      <Button icon={<Download size={15} />} aria-label={t("list.export")} />
    </Dropdown>
  );
}
