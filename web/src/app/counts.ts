import { useQuery } from "@tanstack/react-query";
import { api } from "@/shared/api/client";

export interface Count {
  value: number;
  /** Waits for this person and is late: the only thing that is red in the sidebar. */
  late: number;
}

interface Counts {
  objects: Record<string, number>;
  desk: { items: number; late: number };
}

/** Counts by the key of their place, in one request for all of them. */
export function useCounts(): Record<string, Count> {
  const found = useQuery({
    queryKey: ["counts"],
    queryFn: () => api<Counts>("/counts"),
    staleTime: 30_000,
    refetchInterval: 60_000,
    retry: false,
  });
  if (!found.data) return {};
  const { objects, desk } = found.data;
  const counts = Object.fromEntries(
    Object.entries(objects)
      .filter(([, value]) => value > 0)
      .map(([key, value]) => [key, { value, late: 0 }]),
  );
  return desk.items ? { ...counts, home: { value: desk.items, late: desk.late } } : counts;
}
