import { useQuery } from "@tanstack/react-query";
import { api } from "@/shared/api/client";
import type { Labels } from "@/shared/api/types";
import { keyFrom } from "./api";

export interface Stage {
  key: string;
  labels: Labels;
  kind: "open" | "won" | "lost";
  probability: number | null;
  required: string[];
  hint: Labels | null;
  stale_factor: number | null;
}

export interface Pipeline {
  key: string;
  object: string;
  labels: Labels;
  default: boolean;
  version: number;
  stages: Stage[];
}

/** The pipelines of an object and how many records stand in each stage. */
export function usePipelines(object: string) {
  const found = useQuery({
    queryKey: ["pipelines", object],
    queryFn: async () =>
      (await api<{ pipelines: Pipeline[] }>("/pipelines")).pipelines.filter((one) => one.object === object),
  });
  const counts = useQuery({
    queryKey: ["pipelines", object, "counts"],
    enabled: (found.data?.length ?? 0) > 0,
    queryFn: async () =>
      (
        await api<{ pipelines: Record<string, Record<string, number>> }>(
          `/pipelines/counts?object=${object}` as "/pipelines/counts",
        )
      ).pipelines,
  });
  return { found, counts: counts.data };
}

/** A stage's key: from its English name, else a number; one that no other stage has. */
export function stageKey(labels: Labels, taken: string[]): string {
  const wanted = keyFrom(labels.en).slice(0, 36) || "stage";
  let key = wanted;
  for (let place = 2; taken.includes(key); place += 1) key = `${wanted}_${place}`;
  return key;
}

/** Stages with a new open one before the first end. */
export function withStage(stages: Stage[], labels: Labels): Stage[] {
  const at = stages.findIndex((stage) => stage.kind !== "open");
  const place = at < 0 ? stages.length : at;
  const before = stages[place - 1];
  const key = stageKey(
    labels,
    stages.map((stage) => stage.key),
  );
  const made: Stage = {
    key,
    labels,
    kind: "open",
    probability: before?.probability ?? 10,
    required: [],
    hint: null,
    stale_factor: null,
  };
  return [...stages.slice(0, place), made, ...stages.slice(place)];
}
