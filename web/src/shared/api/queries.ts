import { useQuery } from "@tanstack/react-query";
import { api, query } from "./client";
import type { Me, ObjectDef, RecordData, View } from "./types";

export const useMe = () =>
  useQuery({ queryKey: ["me"], queryFn: () => api<Me>("/me"), staleTime: 60_000, retry: false });

export function useObjects() {
  return useQuery({
    queryKey: ["objects"],
    queryFn: async () => (await api<{ objects: ObjectDef[] }>("/objects")).objects,
    staleTime: 60_000,
  });
}

export function useObject(key: string): ObjectDef | undefined {
  return useObjects().data?.find((object) => object.key === key);
}

export function useRecord(object: string, id: string) {
  return useQuery({
    queryKey: ["record", object, id],
    queryFn: () => api<RecordData>(`/records/${object}/${id}`),
  });
}

/** The saved views of an object: those of its list, or those of its board. */
export function useViews(object: string, kind: "list" | "board" = "list") {
  return useQuery({
    queryKey: ["views", object],
    queryFn: async () => (await api<{ views: View[] }>(`/views${query({ object })}`)).views,
    staleTime: 30_000,
    select: (found) => found.filter((one) => (kindOf(one) === "board") === (kind === "board")),
  });
}

const kindOf = (view: View) => (view.settings as { kind?: string } | undefined)?.kind;

export type Row = Record<string, unknown>;

export function useAggregate(object: string, body: Row, enabled = true) {
  return useQuery({
    queryKey: ["aggregate", object, body],
    queryFn: () => api<{ rows: Row[]; as_of: string }>(`/records/${object}/aggregate`, { body }),
    enabled,
  });
}

export function useUsers() {
  return useQuery({
    queryKey: ["users"],
    queryFn: async () => (await api<{ users: { id: string; name: string }[] }>("/users")).users,
    staleTime: 60_000,
  });
}
