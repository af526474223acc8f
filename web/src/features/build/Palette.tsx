import { useDraggable } from "@dnd-kit/core";
import { Input, type InputRef } from "antd";
import { Search } from "lucide-react";
import { useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { label } from "@/shared/format/format";
import type { DraftField } from "./draft";
import { GROUPS, TYPES, typeInfo } from "./fieldTypes";

interface Props {
  unplaced: DraftField[];
  onAdd: (type: string) => void;
  onPlace: (field: string) => void;
}

/** What can be put on the form: new fields by their type, and fields that stand nowhere yet. */
export function Palette({ unplaced, onAdd, onPlace }: Props) {
  const { t, i18n } = useTranslation();
  const [tab, setTab] = useState<"new" | "old">("new");
  const [text, setText] = useState("");
  const search = useRef<InputRef>(null);
  // "/" goes to the search: type a kind of field, Enter puts it behind the chosen one.
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      const at = event.target as HTMLElement;
      if (event.key !== "/" || event.isComposing || at.closest("input, textarea, [contenteditable]")) return;
      event.preventDefault();
      event.stopPropagation();
      search.current?.focus();
    };
    window.addEventListener("keydown", onKey, true);
    return () => window.removeEventListener("keydown", onKey, true);
  }, []);
  const fits = (words: string) => words.toLowerCase().includes(text.trim().toLowerCase());
  const types = TYPES.filter((type) => fits(`${t(`build.types.${type.key}`)} ${type.key}`));
  const old = unplaced.filter((field) => fits(`${label(field.labels, i18n.language)} ${field.key}`));
  const first = () => {
    const type = types[0];
    const field = old[0];
    if (tab === "new" && type) onAdd(type.key);
    else if (field) onPlace(field.key);
    setText("");
  };
  return (
    <aside className="field-palette" aria-label={t("build.palette")}>
      <Input
        ref={search}
        size="small"
        prefix={<Search size={14} />}
        placeholder={t("build.findType")}
        aria-label={t("build.findType")}
        value={text}
        allowClear
        onChange={(event) => setText(event.target.value)}
        onPressEnter={(event) => !event.nativeEvent.isComposing && text.trim() && first()}
      />
      <div className="palette-tabs" role="tablist" aria-label={t("build.palette")}>
        <button
          type="button"
          role="tab"
          aria-selected={tab === "new"}
          className={tab === "new" ? "plain on" : "plain"}
          onClick={() => setTab("new")}
        >
          {t("build.newFields")}
        </button>
        <button
          type="button"
          role="tab"
          aria-selected={tab === "old"}
          className={tab === "old" ? "plain on" : "plain"}
          onClick={() => setTab("old")}
        >
          {t("build.unplaced")} {unplaced.length}
        </button>
      </div>
      {tab === "new" &&
        GROUPS.map((group) => {
          const shown = types.filter((type) => type.group === group);
          if (shown.length === 0) return null;
          return (
            <section key={group} aria-label={t(`build.group.${group}`)}>
              <p className="meta">{t(`build.group.${group}`)}</p>
              <div className="palette-types">
                {shown.map((type) => (
                  <Piece
                    key={type.key}
                    id={`type:${type.key}`}
                    data={{ kind: "type", key: type.key }}
                    name={t(`build.types.${type.key}`)}
                    type={type.key}
                    onUse={() => onAdd(type.key)}
                  />
                ))}
              </div>
            </section>
          );
        })}
      {tab === "old" && (
        <div className="palette-fields">
          {old.map((field) => (
            <Piece
              key={field.key}
              id={`off:${field.key}`}
              data={{ kind: "field", key: field.key }}
              name={label(field.labels, i18n.language)}
              type={field.type}
              onUse={() => onPlace(field.key)}
            />
          ))}
          {unplaced.length === 0 && <p className="meta">{t("build.allPlaced")}</p>}
        </div>
      )}
      <p className="meta palette-hint">{t("build.paletteHint")}</p>
    </aside>
  );
}

interface PieceProps {
  id: string;
  data: { kind: string; key: string };
  name: string;
  type: string;
  onUse: () => void;
}

function Piece({ id, data, name, type, onUse }: PieceProps) {
  const { t } = useTranslation();
  const { setNodeRef, listeners, isDragging } = useDraggable({ id, data });
  const Icon = typeInfo(type).icon;
  return (
    <button
      ref={setNodeRef}
      type="button"
      className={isDragging ? "plain piece lifted" : "plain piece"}
      aria-label={t("build.putOn", { name })}
      title={name}
      onClick={onUse}
      {...listeners}
    >
      <Icon size={14} strokeWidth={1.7} />
      <span className="cut">{name}</span>
    </button>
  );
}
