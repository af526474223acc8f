import { useInfiniteQuery, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { api, query } from "@/shared/api/client";

export interface Notice {
  id: string;
  at: string;
  read: boolean;
  kind: string;
  by: { id: string; label: string } | null;
  object: string | null;
  record: { id: string; label: string } | null;
  text: string;
  params: { import?: string; state?: string };
}

interface Page {
  notices: Notice[];
  unread: number;
  next: string | null;
}

/** How many notices have not been read; live events make it stale. */
export const useUnread = (): number =>
  useQuery({
    queryKey: ["notices", "unread"],
    queryFn: () => api<Page>("/notices?limit=1"),
    refetchInterval: 120_000,
    retry: false,
  }).data?.unread ?? 0;

export const useNotices = () =>
  useInfiniteQuery({
    queryKey: ["notices", "list"],
    queryFn: ({ pageParam }) => api<Page>(`/notices${query({ cursor: pageParam })}`),
    initialPageParam: "",
    getNextPageParam: (last) => last.next,
  });

export function useRead() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (ids: string[] | null) =>
      api("/notices/read", { body: ids === null ? { all: true } : { ids } }),
    onSettled: () => queries.invalidateQueries({ queryKey: ["notices"] }),
  });
}
