import { useQueries } from "@tanstack/react-query";
import { api, query } from "@/shared/api/client";
import { useObject } from "@/shared/api/queries";
import type { RecordData } from "@/shared/api/types";

const AT_ONCE = 200;

/** The tier letters of accounts by their id: asked apart, because a list brings only the account's name. */
export function useTiers(ids: string[]): Map<string, string> {
  const account = useObject("account");
  const known = account?.fields.some((field) => field.key === "tier" && field.level !== "masked");
  const wanted = known ? [...new Set(ids)].sort() : [];
  const chunks: string[][] = [];
  for (let at = 0; at < wanted.length; at += AT_ONCE) chunks.push(wanted.slice(at, at + AT_ONCE));
  return useQueries({
    queries: chunks.map((chunk) => ({
      queryKey: ["tiers", chunk],
      staleTime: 60_000,
      queryFn: async () => {
        const filter = { field: "id", op: "in", value: chunk };
        const path = `/records/account${query({ filter, fields: "tier", limit: AT_ONCE })}` as const;
        return (await api<{ records: RecordData[] }>(path)).records;
      },
    })),
    combine: (results) =>
      new Map(results.flatMap((one) => one.data ?? []).map((one) => [one.id, String(one.tier ?? "")])),
  });
}
