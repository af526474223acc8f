import { useQuery } from "@tanstack/react-query";
import { Cascader, Select } from "antd";
import { Plus } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api, query } from "@/shared/api/client";
import { useMe, useObject, useUsers } from "@/shared/api/queries";
import type { Link, RecordData } from "@/shared/api/types";
import { label } from "@/shared/format/format";
import { useSentence } from "@/shared/Problem";
import type { InputProps } from "./FieldInput";

type Common = Omit<InputProps, "field" | "value" | "onChange" | "currency" | "within">;

/** The records of one account. */
async function theirs(object: string, name: string, account: string, text: string): Promise<Link[]> {
  const filter = { field: "account", op: "eq", value: account };
  const path = `/records/${object}${query({ filter, search: text, fields: name, limit: 10 })}` as const;
  const found = await api<{ records: RecordData[] }>(path);
  return found.records.map((one) => ({ id: one.id, label: String(one[name] ?? "") }));
}

/**
 * A record of an object, found while typing; what is not there yet can be made from the typed name. The value keeps its
 * label, so it shows before any request.
 */
export function RecordSelect({
  object,
  value,
  onChange,
  multiple,
  within,
  ...rest
}: Common & {
  object: string;
  value: Link | Link[] | null;
  onChange: (value: Link | Link[] | null) => void;
  multiple?: boolean;
  /** Of the records, those of this account are offered first, and a new one is made for it. */
  within?: Link;
}) {
  const { t, i18n } = useTranslation();
  const me = useMe();
  const sentence = useSentence();
  const target = useObject(object);
  const [text, setText] = useState("");
  const [open, setOpen] = useState(false);
  const [problem, setProblem] = useState<string>();
  const name = target?.name_field;
  const near = target?.fields.some((one) => one.key === "account" && one.target === "account")
    ? within
    : undefined;
  const found = useQuery({
    queryKey: ["lookup", object, text, near?.id],
    enabled: open && object !== "",
    queryFn: async () => {
      const all = api<{ records: Link[] }>(`/records/${object}/lookup${query({ q: text })}`);
      const first = near && name ? await theirs(object, name, near.id, text) : [];
      const known = new Set(first.map((one) => one.id));
      return [...first, ...(await all).records.filter((one) => !known.has(one.id))];
    },
    placeholderData: (before) => before,
  });
  const chosen = (Array.isArray(value) ? value : value ? [value] : []).filter((one) => one.id);
  const known = new Map([...(found.data ?? []), ...chosen].map((one) => [one.id, one]));
  const shown = open ? [...(found.data ?? []), ...(text ? [] : chosen)] : chosen;
  const offered = new Map(shown.map((one) => [one.id, one]));
  const toLink = (id: string): Link => known.get(id) ?? { id, label: "" };
  const wanted = text.trim();
  const may = me.data?.objects[object]?.create && target?.name_field;
  const exists = (found.data ?? []).some((one) => one.label === wanted);
  const create = async () => {
    try {
      const made = await api<RecordData>(`/records/${object}?channel=form`, {
        body: { [name ?? "name"]: wanted, ...(near ? { account: near.id } : {}) },
      });
      const link = { id: made.id, label: wanted };
      onChange(multiple ? [...chosen, link] : link);
      setText("");
      setOpen(false);
      setProblem(undefined);
    } catch (error) {
      setProblem(sentence(error));
    }
  };
  return (
    <Select<string | string[]>
      {...rest}
      showSearch={{ filterOption: false, onSearch: setText, searchValue: text }}
      allowClear
      mode={multiple ? "multiple" : undefined}
      open={open}
      onOpenChange={(next) => {
        setOpen(next);
        if (!next) setText("");
      }}
      notFoundContent={found.isFetching ? t("form.searching") : t("form.noneFound")}
      options={[...offered.values()].map((one) => ({ value: one.id, label: one.label || "—" }))}
      value={multiple ? chosen.map((one) => one.id) : chosen[0]?.id}
      onChange={(next) => {
        if (Array.isArray(next)) onChange(next.map(toLink));
        else onChange(next ? toLink(next) : null);
        setText("");
      }}
      popupRender={(menu) => (
        <>
          {menu}
          {may && wanted && !exists && (
            <button
              type="button"
              className="plain make"
              onMouseDown={(event) => event.preventDefault()}
              onClick={create}
            >
              <Plus size={14} />
              {t("form.makeNamed", { object: label(target?.labels, i18n.language), name: wanted })}
            </button>
          )}
          {problem && <p className="error make">{problem}</p>}
        </>
      )}
    />
  );
}

export function UserSelect({
  value,
  onChange,
  multiple,
  ...rest
}: Common & {
  value: string | string[] | undefined;
  onChange: (value: unknown) => void;
  multiple?: boolean;
}) {
  const users = useUsers();
  return (
    <Select<string | string[]>
      {...rest}
      showSearch={{ optionFilterProp: "label" }}
      allowClear
      mode={multiple ? "multiple" : undefined}
      options={(users.data ?? []).map((user) => ({ value: user.id, label: user.name }))}
      value={value}
      onChange={onChange}
    />
  );
}

interface RegionOption {
  value: string;
  label: string;
  isLeaf: boolean;
  children?: RegionOption[];
}

async function below(parent?: string): Promise<RegionOption[]> {
  const found = await api<{ regions: { code: string; name: string; has_children: boolean }[] }>(
    `/regions${query({ parent })}`,
  );
  return found.regions.map((one) => ({ value: one.code, label: one.name, isLeaf: !one.has_children }));
}

/** The codes from the province down to a region: 32, 3205, 320506. */
export const regionPath = (code: string): string[] =>
  [2, 4, 6].filter((length) => length <= code.length).map((length) => code.slice(0, length));

/** Names of a region and of those around it, the widest first. Asked level by level and kept for good. */
export function useRegionNames(code: string | null | undefined): string[] {
  const path = regionPath(code ?? "");
  const found = useQuery({
    queryKey: ["region-names", code],
    enabled: path.length > 0,
    staleTime: Number.POSITIVE_INFINITY,
    queryFn: async () => {
      const levels = await Promise.all([undefined, ...path.slice(0, -1)].map(below));
      return path.map((one, place) => levels[place]?.find((each) => each.value === one)?.label ?? one);
    },
  });
  return found.data ?? [];
}

export function RegionSelect({
  value,
  onChange,
  ...rest
}: Common & { value: string | null; onChange: (value: unknown) => void }) {
  const [options, setOptions] = useState<RegionOption[]>([]);
  const names = useRegionNames(value);
  const first = useQuery({
    queryKey: ["regions"],
    queryFn: () => below(),
    staleTime: Number.POSITIVE_INFINITY,
  });
  const shown = options.length ? options : (first.data ?? []);
  return (
    <Cascader
      {...rest}
      changeOnSelect
      options={shown}
      value={value ? regionPath(value) : []}
      displayRender={(labels, selected) =>
        (selected?.every((one) => one?.label) ? labels : names).map(String).join(" / ")
      }
      loadData={async (path) => {
        const last = path[path.length - 1] as RegionOption;
        last.children = await below(last.value);
        setOptions([...shown]);
      }}
      onChange={(path) => onChange(path?.length ? String(path[path.length - 1]) : null)}
    />
  );
}
