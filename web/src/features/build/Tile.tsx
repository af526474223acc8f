import { useDraggable, useDroppable } from "@dnd-kit/core";
import { Dropdown } from "antd";
import { Ellipsis, EyeOff, GripVertical, Lock } from "lucide-react";
import { useTranslation } from "react-i18next";
import type { LayoutSection, RecordData } from "@/shared/api/types";
import { FieldValue } from "@/shared/fields/FieldValue";
import { label } from "@/shared/format/format";
import type { Designed } from "./api";
import { type Drafted, type DraftField, lacking, type Operation } from "./draft";
import { typeInfo } from "./fieldTypes";
import { put, step, takeOut } from "./places";

interface Props {
  object: Designed;
  drafted: Drafted;
  section: LayoutSection;
  field: DraftField;
  index: number;
  record: RecordData | undefined;
  chosen: boolean;
  hiddenFrom: (field: string) => string | undefined;
  onChoose: (key: string | undefined) => void;
  push: (...more: Operation[]) => void;
}

const WIDE = ["long_text", "line_items", "file", "image"];

/** A field as it stands on the form, with the record's value; dragged by itself, moved by its menu and Alt with arrows. */
export function Tile({
  object,
  drafted,
  section,
  field,
  index,
  record,
  chosen,
  hiddenFrom,
  onChoose,
  push,
}: Props) {
  const { t, i18n } = useTranslation();
  const locale = i18n.language;
  const name = label(field.labels, locale);
  const drag = useDraggable({ id: `field:${field.key}`, data: { kind: "field", key: field.key } });
  const drop = useDroppable({ id: `tile:${field.key}`, data: { kind: "tile", section: section.key, index } });
  const Icon = typeInfo(field.type).icon;
  const sections = drafted.sections;
  const arrange = (next: LayoutSection[]) => push({ op: "layout", sections: next });
  const needed = field.required && field.default === null;
  const menu = [
    { key: "up", label: t("build.moveUp"), onClick: () => arrange(step(sections, field.key, -1)) },
    { key: "down", label: t("build.moveDown"), onClick: () => arrange(step(sections, field.key, 1)) },
    {
      key: "to",
      label: t("build.moveTo"),
      children: sections
        .filter((one) => one.key !== section.key)
        .map((one) => ({
          key: `to-${one.key}`,
          label: label(one.labels, locale),
          onClick: () => arrange(put(sections, field.key, { section: one.key, index: one.fields.length })),
        })),
    },
    {
      key: "off",
      label: t("build.takeOff"),
      disabled: needed,
      onClick: () => arrange(takeOut(sections, field.key)),
    },
  ];
  const hidden = hiddenFrom(field.key);
  const wants = field.mark === "new" && lacking(field).length > 0;
  const value = record?.[field.key];
  const shows =
    field.type !== "line_items" &&
    field.mark !== "new" &&
    value !== undefined &&
    value !== null &&
    value !== "";
  return (
    <div
      ref={(node) => {
        drag.setNodeRef(node);
        drop.setNodeRef(node);
      }}
      className={`tile${WIDE.includes(field.type) ? " wide" : ""}${chosen ? " on" : ""}${field.mark ? ` ${field.mark}` : ""}${drag.isDragging ? " lifted" : ""}`}
    >
      <button
        type="button"
        className="plain tile-main"
        aria-pressed={chosen}
        aria-label={t("build.tile", { name, type: t(`build.types.${field.type}`) })}
        onClick={() => onChoose(field.key)}
        onKeyDown={(event) => {
          if (!event.altKey || (event.key !== "ArrowUp" && event.key !== "ArrowDown")) return;
          event.preventDefault();
          arrange(step(sections, field.key, event.key === "ArrowUp" ? -1 : 1));
        }}
        {...drag.listeners}
      >
        <span className="tile-head row">
          <GripVertical className="tile-grip" size={13} />
          <span className="cut">
            {field.mark === "new" && <span className="plus">+ </span>}
            {name}
          </span>
          {field.required && <span className="required">*</span>}
          <span className="grow" />
          {hidden && (
            <span className="tag-hidden">
              <EyeOff size={12} /> {hidden}
            </span>
          )}
          {field.computed && <Lock size={12} aria-label={t("build.computed")} />}
        </span>
        <span className="tile-box row">
          <span className="grow cut">
            {wants ? (
              <span className="bad">{t("build.needsSetting")}</span>
            ) : shows ? (
              <FieldValue field={field} record={record ?? {}} still />
            ) : field.type === "line_items" ? (
              <span className="meta">{t("build.linesHere")}</span>
            ) : (
              <span className="meta">{field.help?.[locale.startsWith("zh") ? "zh" : "en"] || "—"}</span>
            )}
          </span>
          <Icon size={14} strokeWidth={1.7} />
        </span>
      </button>
      <Dropdown trigger={["click"]} menu={{ items: menu }}>
        <button type="button" className="plain icon tile-menu" aria-label={t("build.fieldMenu", { name })}>
          <Ellipsis size={15} />
        </button>
      </Dropdown>
      {field.key === object.name_field && <span className="spoken">{t("build.nameField")}</span>}
    </div>
  );
}
