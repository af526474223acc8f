import { Button, Dropdown, Input, type InputRef, Popover } from "antd";
import { Plus, Search, X } from "lucide-react";
import { type RefObject, useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import type { ObjectDef } from "@/shared/api/types";
import { ConditionEditor } from "./Condition";
import { filterOf, type Leaf, leavesOf, operatorsOf, type Part } from "./filters";
import { useWords } from "./words";

/** A condition as three parts, each with its own menu, and a cross. */
function Chip({
  object,
  leaf,
  words,
  onChange,
  onRemove,
}: {
  object: ObjectDef;
  leaf: Leaf;
  words: ReturnType<ReturnType<typeof useWords>["words"]>;
  onChange: (leaf: Leaf) => void;
  onRemove: () => void;
}) {
  const { t } = useTranslation();
  const [open, setOpen] = useState(false);
  const own = object.fields.find((one) => one.key === leaf.field);
  const editor = own && (
    <ConditionEditor
      key={String(open)}
      object={object}
      leaf={leaf}
      names={() => words.value}
      onDone={(next) => {
        setOpen(false);
        onChange(next);
      }}
    />
  );
  const swaps = own ? operatorsOf(own).filter((one) => one !== "in_period" && leaf.op !== "in_period") : [];
  return (
    <span className="chip">
      <Popover open={open} onOpenChange={setOpen} trigger="click" placement="bottomLeft" content={editor}>
        <button type="button" className="plain part" disabled={!own}>
          {words.name}
        </button>
      </Popover>
      <Dropdown
        trigger={["click"]}
        disabled={swaps.length < 2}
        menu={{
          selectedKeys: [leaf.op],
          items: swaps.map((op) => ({ key: op, label: t(`op.${op}`) })),
          onClick: ({ key }) => {
            if (["empty", "not_empty"].includes(key)) onChange({ field: leaf.field, op: key });
            else if (leaf.value === undefined) setOpen(true);
            else onChange({ ...leaf, op: key });
          },
        }}
      >
        <button type="button" className="plain part">
          {words.op}
        </button>
      </Dropdown>
      {words.value && (
        <button type="button" className="plain part value" disabled={!own} onClick={() => setOpen(true)}>
          <span className="cut">{words.value}</span>
        </button>
      )}
      <button
        type="button"
        className="plain cross"
        aria-label={t("list.removeFilter", { name: words.name })}
        onClick={onRemove}
      >
        <X size={13} />
      </button>
    </span>
  );
}

/** The conditions of a list or board as chips, and a way to add one. */
export function FilterChips({
  object,
  filter,
  onChange,
}: {
  object: ObjectDef;
  filter: unknown;
  onChange: (filter: unknown) => void;
}) {
  const { t } = useTranslation();
  const [adding, setAdding] = useState(false);
  const { words } = useWords(object, filter);
  const leaves = leavesOf(filter);
  if (!leaves)
    return (
      <span className="chip">
        <span className="part">{t("list.tree")}</span>
        <button
          type="button"
          className="plain cross"
          aria-label={t("list.clear")}
          onClick={() => onChange({})}
        >
          <X size={13} />
        </button>
      </span>
    );
  const put = (next: Leaf[]) => onChange(filterOf(next) ?? {});
  return (
    <>
      {leaves.map((leaf, place) => (
        <Chip
          // biome-ignore lint/suspicious/noArrayIndexKey: two conditions may be the same
          key={place}
          object={object}
          leaf={leaf}
          words={words(leaf)}
          onChange={(next) => put(leaves.map((one, at) => (at === place ? next : one)))}
          onRemove={() => put(leaves.filter((_, at) => at !== place))}
        />
      ))}
      <Popover
        open={adding}
        onOpenChange={setAdding}
        trigger="click"
        placement="bottomLeft"
        content={
          <ConditionEditor
            key={String(adding)}
            object={object}
            onDone={(leaf) => {
              setAdding(false);
              put([...leaves, leaf]);
            }}
          />
        }
      >
        <Button type="text" size="small" icon={<Plus size={14} />}>
          {t("list.filter")}
        </Button>
      </Popover>
    </>
  );
}

/** The filter as a sentence. */
export function Sentence({ parts }: { parts: Part[] }) {
  return (
    <>
      {parts.map((part, place) =>
        // biome-ignore lint/suspicious/noArrayIndexKey: the parts of one sentence stand in their order
        part.strong ? <b key={place}>{part.text}</b> : <span key={place}>{part.text}</span>,
      )}
    </>
  );
}

/** Words to search the list for; sent when typing pauses. */
export function SearchBox({
  value,
  onChange,
  box,
}: {
  value: string;
  onChange: (text: string) => void;
  box: RefObject<InputRef | null>;
}) {
  const { t } = useTranslation();
  const [text, setText] = useState(value);
  useEffect(() => setText(value), [value]);
  useEffect(() => {
    if (text === value) return;
    const timer = setTimeout(() => onChange(text), 300);
    return () => clearTimeout(timer);
  }, [text, value, onChange]);
  return (
    <Input
      ref={box}
      size="small"
      className="list-search"
      prefix={<Search size={14} />}
      allowClear
      placeholder={t("list.search")}
      aria-label={t("list.search")}
      value={text}
      onChange={(event) => setText(event.target.value)}
      onKeyDown={(event) => {
        if (event.key === "Escape") event.currentTarget.blur();
        if (event.key === "Enter" && !event.nativeEvent.isComposing) onChange(text);
      }}
    />
  );
}
