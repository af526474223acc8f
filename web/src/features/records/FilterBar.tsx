import { Button, Dropdown, Input, type InputRef, Popover } from "antd";
import { ListTree, Plus, Search, X } from "lucide-react";
import { lazy, type RefObject, Suspense, useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import type { ObjectDef } from "@/shared/api/types";
import {
  type Condition,
  isLeaf,
  type Leaf,
  type LeafWords,
  type Part,
  sentence as plain,
} from "@/shared/conditions";
import { ConditionEditor, useOperatorName } from "./Condition";
import { conditionOf, editable, filterOf, formOf, nodesOf, operatorsOf } from "./filters";
import { useWords } from "./words";

const FilterBuilder = lazy(() =>
  import("./FilterBuilder").then((found) => ({ default: found.FilterBuilder })),
);

function Cross({ name, onRemove }: { name: string; onRemove: () => void }) {
  const { t } = useTranslation();
  return (
    <button
      type="button"
      className="plain cross"
      aria-label={t("list.removeFilter", { name })}
      onClick={onRemove}
    >
      <X size={13} />
    </button>
  );
}

/** A condition as three parts, each with its own menu, and a cross. */
function Chip({
  object,
  leaf,
  words,
  nameOf,
  onChange,
  onRemove,
}: {
  object: ObjectDef;
  leaf: Leaf;
  words: LeafWords;
  nameOf: (id: string) => string | undefined;
  onChange: (leaf: Leaf) => void;
  onRemove: () => void;
}) {
  const operatorName = useOperatorName();
  const [open, setOpen] = useState(false);
  const [wish, setWish] = useState<string>(); // an operator that needs another value first
  const field = object.fields.find((one) => one.key === leaf.field);
  const own = editable(field, leaf);
  const turn = (next: boolean) => {
    setOpen(next);
    if (!next) setWish(undefined);
  };
  const editor = own && (
    <ConditionEditor
      key={`${open}${wish}`}
      object={object}
      leaf={wish ? { field: leaf.field, op: wish } : own}
      names={nameOf}
      onDone={(next) => {
        turn(false);
        onChange(next);
      }}
    />
  );
  const swaps = field && own ? operatorsOf(field) : [];
  return (
    <span className="chip">
      <Popover open={open} onOpenChange={turn} trigger="click" placement="bottomLeft" content={editor}>
        <button type="button" className="plain part" disabled={!own}>
          {words.name}
        </button>
      </Popover>
      <Dropdown
        trigger={["click"]}
        disabled={swaps.length < 2}
        menu={{
          selectedKeys: own ? [own.op] : [],
          items: swaps.map((op) => ({ key: op, label: field && operatorName(op, field) })),
          onClick: ({ key }) => {
            if (formOf(key) === "none") onChange({ field: leaf.field, op: key });
            else if (own && formOf(key) === formOf(own.op)) onChange({ ...own, op: key });
            else {
              setWish(key);
              setOpen(true);
            }
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
      <Cross name={words.name} onRemove={onRemove} />
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
  const [building, setBuilding] = useState(false);
  const { words, sentence, nameOf } = useWords(object, filter);
  const nodes = nodesOf(filter);
  const put = (next: Condition[]) => onChange(filterOf(next) ?? {});
  const remove = (place: number) => put(nodes.filter((_, at) => at !== place));
  return (
    <>
      {nodes.map((node, place) =>
        isLeaf(node) ? (
          <Chip
            // biome-ignore lint/suspicious/noArrayIndexKey: two conditions may be the same
            key={place}
            object={object}
            leaf={node}
            words={words(node)}
            nameOf={(id) => nameOf(node, id)}
            onChange={(next) => put(nodes.map((one, at) => (at === place ? next : one)))}
            onRemove={() => remove(place)}
          />
        ) : (
          // biome-ignore lint/suspicious/noArrayIndexKey: two conditions may be the same
          <span className="chip" key={place}>
            <button
              type="button"
              className="plain part"
              title={plain(sentence(node))}
              onClick={() => setBuilding(true)}
            >
              <span className="cut begins">{plain(sentence(node))}</span>
            </button>
            <Cross name={t("list.tree")} onRemove={() => remove(place)} />
          </span>
        ),
      )}
      <Popover
        open={adding}
        onOpenChange={setAdding}
        trigger="click"
        placement="bottomLeft"
        content={
          <>
            <ConditionEditor
              key={String(adding)}
              object={object}
              onDone={(leaf) => {
                setAdding(false);
                put([...nodes, leaf]);
              }}
            />
            <Button
              type="link"
              size="small"
              className="to-builder"
              icon={<ListTree size={14} />}
              onClick={() => {
                setAdding(false);
                setBuilding(true);
              }}
            >
              {t("list.toBuilder")}
            </Button>
          </>
        }
      >
        <Button type="text" size="small" icon={<Plus size={14} />}>
          {t("list.filter")}
        </Button>
      </Popover>
      {building && (
        <Suspense>
          <FilterBuilder
            object={object}
            filter={conditionOf(filter)}
            onClose={() => setBuilding(false)}
            onDone={(next) => {
              setBuilding(false);
              onChange(next);
            }}
          />
        </Suspense>
      )}
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
