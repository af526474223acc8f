import { useDraggable, useDroppable } from "@dnd-kit/core";
import { Dropdown } from "antd";
import { ChevronDown, Columns2, Ellipsis, GripVertical, RectangleHorizontal } from "lucide-react";
import { Fragment } from "react";
import { useTranslation } from "react-i18next";
import type { LayoutSection, RecordData } from "@/shared/api/types";
import { label } from "@/shared/format/format";
import type { Designed } from "./api";
import type { Drafted, Operation } from "./draft";
import type { Dragged } from "./LayoutTab";
import { moveSection, type Place, withoutSection } from "./places";
import { Tile } from "./Tile";

interface Props {
  object: Designed;
  drafted: Drafted;
  section: LayoutSection;
  first: boolean;
  last: boolean;
  record: RecordData | undefined;
  chosen: string | undefined;
  dragged: Dragged | null;
  place: Place | null;
  placeName: string;
  hiddenFrom: (field: string) => string | undefined;
  phone: boolean;
  onChoose: (key: string | undefined) => void;
  push: (...more: Operation[]) => void;
}

/** One section of the form: its head, its fields in one column or two, and the outlined place where something lands. */
export function SectionCard(props: Props) {
  const { drafted, section, dragged, place, placeName, chosen, push, onChoose } = props;
  const { t, i18n } = useTranslation();
  const name = label(section.labels, i18n.language);
  const carriesSection = dragged?.kind === "section";
  const size = section.fields.length;
  const top = useDroppable({
    id: `section:${section.key}`,
    data: { kind: "section", section: section.key, index: carriesSection ? 0 : size },
  });
  const end = useDroppable({
    id: `end:${section.key}`,
    disabled: dragged === null,
    data: { kind: "end", section: section.key, index: carriesSection ? 1 : size },
  });
  const grip = useDraggable({ id: `move:${section.key}`, data: { kind: "section", key: section.key } });
  const sections = drafted.sections;
  const at = sections.findIndex((one) => one.key === section.key);
  const set = (changes: Partial<LayoutSection>) =>
    push({
      op: "layout",
      sections: sections.map((one) => (one.key === section.key ? { ...one, ...changes } : one)),
    });
  const lands = !carriesSection && place?.section === section.key ? place.index : -1;
  const id = `#${section.key}`;
  const menu = [
    {
      key: "up",
      label: t("build.moveUp"),
      disabled: props.first,
      onClick: () => push({ op: "layout", sections: moveSection(sections, section.key, at - 1) }),
    },
    {
      key: "down",
      label: t("build.moveDown"),
      disabled: props.last,
      onClick: () => push({ op: "layout", sections: moveSection(sections, section.key, at + 2) }),
    },
    {
      key: "columns",
      label: section.columns === 2 ? t("build.oneColumn") : t("build.twoColumns"),
      onClick: () => set({ columns: section.columns === 2 ? 1 : 2 }),
    },
    {
      key: "fold",
      label: section.collapsed ? t("build.unfold") : t("build.fold"),
      onClick: () => set({ collapsed: !section.collapsed }),
    },
    {
      key: "gone",
      label: t("build.dropSection"),
      disabled: sections.length < 2,
      onClick: () => push({ op: "layout", sections: withoutSection(sections, section.key) }),
    },
  ];
  return (
    <section
      ref={top.setNodeRef}
      aria-label={name}
      className={`form-section${chosen === id ? " on" : ""}${grip.isDragging ? " lifted" : ""}`}
    >
      <header className="row">
        <button
          ref={grip.setNodeRef}
          type="button"
          className="plain grip"
          aria-label={t("build.dragSection", { name })}
          {...grip.listeners}
        >
          <GripVertical size={14} />
        </button>
        <button
          type="button"
          className="plain form-name cut"
          aria-pressed={chosen === id}
          onClick={() => onChoose(id)}
        >
          {name}
        </button>
        <span className="meta">
          {section.columns === 2 ? t("build.twoColumnsShort") : t("build.oneColumnShort")}
          {section.collapsed && ` · ${t("build.folded")}`}
        </span>
        <span className="grow" />
        <button
          type="button"
          className="plain icon"
          aria-label={section.columns === 2 ? t("build.oneColumn") : t("build.twoColumns")}
          title={section.columns === 2 ? t("build.oneColumn") : t("build.twoColumns")}
          onClick={() => set({ columns: section.columns === 2 ? 1 : 2 })}
        >
          {section.columns === 2 ? <Columns2 size={15} /> : <RectangleHorizontal size={15} />}
        </button>
        <Dropdown trigger={["click"]} menu={{ items: menu }}>
          <button type="button" className="plain icon" aria-label={t("build.sectionMenu", { name })}>
            <Ellipsis size={15} />
          </button>
        </Dropdown>
      </header>
      <div className={section.columns === 2 && !props.phone ? "tiles two" : "tiles"}>
        {section.fields.map((key, index) => {
          const field = drafted.fields.find((one) => one.key === key);
          if (!field) return null;
          return (
            <Fragment key={key}>
              {lands === index && <Here name={placeName} section={section.key} index={index} />}
              <Tile {...props} field={field} index={index} chosen={chosen === key} />
            </Fragment>
          );
        })}
        {lands >= size && <Here name={placeName} section={section.key} index={size} />}
        {size === 0 && lands < 0 && <p className="meta tile-none">{t("build.emptySection")}</p>}
        {dragged && <div ref={end.setNodeRef} className="tile-end" />}
      </div>
      {section.collapsed && (
        <p className="meta row folds">
          <ChevronDown size={13} /> {t("build.foldedHint")}
        </p>
      )}
    </section>
  );
}

/** The outlined place where what is dragged would land; the pointer may rest on it. */
function Here({ name, section, index }: { name: string; section: string; index: number }) {
  const { t } = useTranslation();
  const { setNodeRef } = useDroppable({
    id: `here:${section}:${index}`,
    data: { kind: "here", section, index },
  });
  return (
    <div ref={setNodeRef} className="drop-here">
      {t("build.dropHere", { name })}
    </div>
  );
}
