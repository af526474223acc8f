import { Button, Cascader, Modal, Select } from "antd";
import { CornerDownRight, Plus, X } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useObjects } from "@/shared/api/queries";
import type { FieldDef, ObjectDef } from "@/shared/api/types";
import type { Condition, Leaf } from "@/shared/conditions";
import { label } from "@/shared/format/format";
import { useOperatorName, ValueInput } from "./Condition";
import { Sentence } from "./FilterBar";
import { allLeaves, formOf, leafOf, operatorsOf } from "./filters";
import {
  changed,
  DEEPEST,
  fieldAt,
  type Group,
  groupOf,
  type Item,
  isGroup,
  newGroup,
  newRow,
  type Row,
  treeOf,
} from "./tree";
import { useWords } from "./words";

interface Choice {
  value: string;
  label: string;
  children?: Choice[];
}

/** Fields to choose from, those of related records below the relation, two relations deep. */
function choicesOf(object: ObjectDef, objects: ObjectDef[], locale: string, depth = 2): Choice[] {
  return object.fields
    .filter((field) => field.kind && field.level !== "masked" && field.level !== "hidden")
    .map((field) => {
      const target =
        field.type === "relation" && depth > 0 && objects.find((one) => one.key === field.target);
      return {
        value: field.key,
        label: label(field.labels, locale),
        ...(target ? { children: choicesOf(target, objects, locale, depth - 1) } : {}),
      };
    });
}

const filled = (value: unknown, field: FieldDef | undefined, names: (id: string) => string | undefined) =>
  (field?.kind === "relation" || field?.kind === "relations") && Array.isArray(value)
    ? value.map((id) => (typeof id === "string" ? { id, label: names(id) ?? "…" } : id))
    : value;

/** The whole condition tree: all, any or none of the conditions of a group, groups in groups; its sentence beneath. */
export function FilterBuilder({
  object,
  filter,
  onDone,
  onClose,
}: {
  object: ObjectDef;
  filter: Condition;
  onDone: (filter: Condition) => void;
  onClose: () => void;
}) {
  const { t, i18n } = useTranslation();
  const objects = useObjects().data ?? [];
  const [group, setGroup] = useState<Group>(() => {
    const found = groupOf(filter);
    return found.items.length ? found : { ...found, items: [newRow()] };
  });
  const fieldOf = (row: Row) => fieldAt(object, objects, row.path);
  const leaf = (row: Row): Leaf | null => {
    const field = fieldOf(row);
    // What this editor cannot show as an input (a relative date, a single choice) stays as it was written.
    if (field && row.op && isKept(row.value)) return { field: row.path, op: row.op, value: row.value };
    return field && row.op ? leafOf(field, row.op, row.value) : null;
  };
  const tree = treeOf(group, leaf);
  const { sentence, nameOf } = useWords(object, tree ?? {});
  const known = useWords(object, filter);
  const name = (row: Row) => (id: string) => {
    const one = allLeaves(filter).find((found) => found.field === row.path);
    return one ? known.nameOf(one, id) : nameOf({ field: row.path, op: row.op }, id);
  };
  const parts = sentence(tree ?? {});
  const put = (id: number, change: (item: Item) => Item | undefined) =>
    setGroup(id === group.id ? (change(group) as Group) : changed(group, id, change));
  const choices = choicesOf(object, objects, i18n.language);
  const many = (items: Item[]): boolean =>
    items.some((item) => (isGroup(item) ? many(item.items) : !leaf(item)));
  return (
    <Modal
      open
      width={760}
      title={t("list.builder")}
      onCancel={onClose}
      okText={t("list.builderApply")}
      cancelText={t("form.cancel")}
      onOk={() => onDone(tree ?? {})}
    >
      <div className="builder">
        <GroupEditor {...{ group, choices, fieldOf, name, put }} depth={1} />
        <p className="builder-words" aria-live="polite">
          {parts.length ? (
            <Sentence parts={parts} />
          ) : (
            t("list.builderAll", { name: label(object.plural, i18n.language) })
          )}
          {many(group.items) && <span className="meta"> {t("list.builderOpen")}</span>}
        </p>
      </div>
    </Modal>
  );
}

const isKept = (value: unknown) =>
  [value].flat().some((one) => one && typeof one === "object" && "relative" in (one as object));

interface Shared {
  choices: Choice[];
  fieldOf: (row: Row) => FieldDef | undefined;
  name: (row: Row) => (id: string) => string | undefined;
  put: (id: number, change: (item: Item) => Item | undefined) => void;
}

function GroupEditor({ group, depth, ...shared }: { group: Group; depth: number } & Shared) {
  const { t } = useTranslation();
  const add = (item: Item) =>
    shared.put(group.id, (one) => ({ ...(one as Group), items: [...(one as Group).items, item] }));
  return (
    <fieldset className="builder-group">
      <legend className="hidden-text">{t(`list.way_${group.way}`)}</legend>
      <div className="row">
        <Select
          size="small"
          aria-label={t("list.way")}
          value={group.way}
          popupMatchSelectWidth={false}
          options={["all", "any", "none"].map((way) => ({ value: way, label: t(`list.way_${way}`) }))}
          onChange={(way) => shared.put(group.id, (one) => ({ ...(one as Group), way }))}
        />
        {depth > 1 && (
          <button
            type="button"
            className="plain cross"
            aria-label={t("list.removeGroup")}
            onClick={() => shared.put(group.id, () => undefined)}
          >
            <X size={14} />
          </button>
        )}
      </div>
      <ul>
        {group.items.map((item) => (
          <li key={item.id}>
            {isGroup(item) ? (
              <GroupEditor group={item} depth={depth + 1} {...shared} />
            ) : (
              <RowEditor row={item} {...shared} />
            )}
          </li>
        ))}
      </ul>
      <div className="row">
        <Button type="text" size="small" icon={<Plus size={14} />} onClick={() => add(newRow())}>
          {t("list.addCondition")}
        </Button>
        {depth < DEEPEST && (
          <Button
            type="text"
            size="small"
            icon={<CornerDownRight size={14} />}
            onClick={() => add(newGroup())}
          >
            {t("list.addGroup")}
          </Button>
        )}
      </div>
    </fieldset>
  );
}

function RowEditor({ row, choices, fieldOf, name, put }: { row: Row } & Shared) {
  const { t, i18n } = useTranslation();
  const operatorName = useOperatorName();
  const field = fieldOf(row);
  const operators = field ? operatorsOf(field) : [];
  const change = (next: Partial<Row>) => put(row.id, (one) => ({ ...(one as Row), ...next }));
  return (
    <div className="builder-row">
      <Cascader
        style={{ width: "100%" }}
        aria-label={t("list.field")}
        placeholder={t("list.field")}
        changeOnSelect
        allowClear={false}
        showSearch
        expandTrigger="hover"
        displayRender={(labels) => labels.join(" / ")}
        options={choices}
        value={row.path ? row.path.split(".") : undefined}
        onChange={(keys) => {
          const path = (keys as string[]).join(".");
          const chosen = fieldOf({ ...row, path });
          change({
            path,
            op: chosen ? (operatorsOf(chosen)[0] ?? "") : "",
            value: chosen?.kind === "boolean" ? true : null,
          });
        }}
      />
      {field && (
        <Select
          aria-label={t("list.operator")}
          value={row.op}
          popupMatchSelectWidth={false}
          options={[...new Set([...operators, row.op])].map((one) => ({
            value: one,
            label: operatorName(one, field),
          }))}
          onChange={(op: string) => change(formOf(op) === formOf(row.op) ? { op } : { op, value: null })}
        />
      )}
      {field && !isKept(row.value) && (
        <div className="builder-value">
          <ValueInput
            key={row.path + formOf(row.op)}
            field={field}
            op={row.op}
            value={filled(row.value, field, name(row))}
            onChange={(value) => change({ value })}
          />
        </div>
      )}
      <button
        type="button"
        className="plain cross"
        aria-label={t("list.removeFilter", { name: field ? label(field.labels, i18n.language) : "" })}
        onClick={() => put(row.id, () => undefined)}
      >
        <X size={14} />
      </button>
    </div>
  );
}
