import { useQuery, useQueryClient } from "@tanstack/react-query";
import { type ApiPath, api } from "@/shared/api/client";
import type { Labels, ObjectDef } from "@/shared/api/types";

export interface RetiredField {
  key: string;
  type: string;
  labels: Labels;
}

export type Designed = ObjectDef & { retired_fields?: RetiredField[] };

export interface RetiredObject {
  key: string;
  labels: Labels;
  plural: Labels;
  icon: string | null;
}

/** All objects with what was retired; a designer's view of /objects. */
export function useDesign() {
  return useQuery({
    queryKey: ["objects", "design"],
    queryFn: () => api<{ objects: Designed[]; retired?: RetiredObject[] }>("/objects"),
  });
}

export interface SchemaChange {
  id: string;
  at: string;
  kind: string;
  object: string;
  field: string | null;
  actor: { id: string; label: string } | null;
  before: Record<string, unknown> | null;
  after: Record<string, unknown> | null;
  undone: boolean;
}

export function useChanges() {
  return useQuery({
    queryKey: ["schema-changes"],
    queryFn: async () => (await api<{ changes: SchemaChange[] }>("/schema-changes")).changes,
  });
}

/** Send a change of objects or fields; every screen then reads the new definitions. */
export function useDesigner() {
  const queries = useQueryClient();
  return async <T>(path: ApiPath, method: string, body?: unknown, version?: number): Promise<T> => {
    const answer = await api<T>(path, { method, body, version });
    await Promise.all(
      ["objects", "me", "schema-changes", "uses", "rights", "pipelines", "design-counts"].map((key) =>
        queries.invalidateQueries({ queryKey: [key] }),
      ),
    );
    return answer;
  };
}

/** The key that a label proposes: small letters, digits and underscores. Empty when it has none. */
export function keyFrom(text: string): string {
  const plain = text
    .normalize("NFKD")
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "_")
    .replace(/^_+|_+$/g, "");
  return /^[a-z]/.test(plain) ? plain.slice(0, 40) : "";
}
