import { useQuery } from "@tanstack/react-query";
import { Cascader, Select } from "antd";
import { type CSSProperties, useState } from "react";
import { api, query } from "@/shared/api/client";
import { useUsers } from "@/shared/api/queries";
import type { Link } from "@/shared/api/types";

interface Common {
  id?: string;
  status?: "error";
  style?: CSSProperties;
  autoFocus?: boolean;
}

/** A record of an object, found while typing. The value keeps its label, so it shows before any request. */
export function RecordSelect({
  object,
  value,
  onChange,
  multiple,
  ...rest
}: Common & {
  object: string;
  value: Link | Link[] | null;
  onChange: (value: Link | Link[] | null) => void;
  multiple?: boolean;
}) {
  const [text, setText] = useState("");
  const found = useQuery({
    queryKey: ["lookup", object, text],
    queryFn: async () =>
      (await api<{ records: Link[] }>(`/records/${object}/lookup${query({ q: text })}`)).records,
    placeholderData: (before) => before,
  });
  const chosen = (Array.isArray(value) ? value : value ? [value] : []).filter((one) => one.id);
  const known = new Map([...(found.data ?? []), ...chosen].map((one) => [one.id, one]));
  const toLink = (id: string): Link => known.get(id) ?? { id, label: "" };
  return (
    <Select<string | string[]>
      {...rest}
      showSearch={{ filterOption: false, onSearch: setText }}
      allowClear
      mode={multiple ? "multiple" : undefined}
      options={[...known.values()].map((one) => ({ value: one.id, label: one.label }))}
      value={multiple ? chosen.map((one) => one.id) : chosen[0]?.id}
      onChange={(next) => {
        if (Array.isArray(next)) onChange(next.map(toLink));
        else onChange(next ? toLink(next) : null);
      }}
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

export function RegionSelect({
  value,
  onChange,
  ...rest
}: Common & { value: string | null; onChange: (value: unknown) => void }) {
  const [options, setOptions] = useState<RegionOption[]>([]);
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
      value={value ? [value] : []}
      loadData={async (path) => {
        const last = path[path.length - 1] as RegionOption;
        last.children = await below(last.value);
        setOptions([...shown]);
      }}
      onChange={(path) => onChange(path?.length ? String(path[path.length - 1]) : null)}
    />
  );
}
