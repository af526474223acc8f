import { useQuery, useQueryClient } from "@tanstack/react-query";
import { type ApiPath, api } from "@/shared/api/client";
import type { Labels } from "@/shared/api/types";

export interface Person {
  id: string;
  name: string;
  email: string;
  status: "active" | "invited" | "disabled";
  roles: string[];
  teams: string[];
}

export interface Team {
  id: string;
  name: string;
  parent: string | null;
  manager: string | null;
  members: number;
}

export interface Grant {
  create?: boolean;
  read?: string;
  update?: string;
  delete?: string;
  export?: boolean;
}

export interface Role {
  id: string;
  key: string;
  labels: Labels;
  people: number;
  grants: { rights?: string[]; default?: Grant; objects?: Record<string, Grant> };
}

export interface Token {
  id: string;
  name: string;
  scopes: string[];
  created_at: string;
  last_used_at: string | null;
  expires_at: string | null;
}

export function usePeople() {
  const people = useQuery({
    queryKey: ["users", "full"],
    queryFn: async () => (await api<{ users: Person[] }>("/users")).users,
  });
  const teams = useQuery({
    queryKey: ["teams"],
    queryFn: async () => (await api<{ teams: Team[] }>("/teams")).teams,
  });
  const roles = useQuery({
    queryKey: ["roles"],
    queryFn: async () => (await api<{ roles: Role[] }>("/roles")).roles,
  });
  return { people, teams, roles };
}

/** Send a change of people, teams, roles or tokens and read them again. */
export function usePeopleChange() {
  const queries = useQueryClient();
  return async <T>(path: ApiPath, method: string, body?: unknown): Promise<T> => {
    const answer = await api<T>(path, { method, body });
    await Promise.all(
      ["users", "teams", "roles", "tokens", "me"].map((key) =>
        queries.invalidateQueries({ queryKey: [key] }),
      ),
    );
    return answer;
  };
}
