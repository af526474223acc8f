import { useQuery } from "@tanstack/react-query";
import { api } from "@/shared/api/client";
import type { FieldDef, Labels, ObjectDef, RecordData } from "@/shared/api/types";
import { isWritable } from "./model";

export interface Stage {
  key: string;
  labels: Labels;
  kind: "open" | "won" | "lost";
  required: string[];
  hint: Labels | null;
}
export interface Pipeline {
  key: string;
  object: string;
  labels: Labels;
  default: boolean;
  version: number;
  stages: Stage[];
}
export interface PathStage {
  key: string;
  labels: Labels;
  kind: "open" | "won" | "lost";
  state: "past" | "present" | "ahead" | "skipped";
  days: number;
  retired: boolean;
  missing: { field: string; label: Labels }[];
}

export const isEmpty = (value: unknown) =>
  value === null || value === undefined || value === "" || (Array.isArray(value) && value.length === 0);

export function usePipelines(object: string): Pipeline[] {
  const found = useQuery({
    queryKey: ["pipelines"],
    staleTime: 60_000,
    queryFn: async () => (await api<{ pipelines: Pipeline[] }>("/pipelines")).pipelines,
  });
  return (found.data ?? []).filter((one) => one.object === object);
}

/** The process a record goes through: its own, else the usual one. */
export const pipelineOf = (
  pipelines: Pipeline[],
  object: ObjectDef,
  record?: RecordData,
): Pipeline | undefined => {
  const field = object.fields.find((one) => one.type === "pipeline");
  return (
    pipelines.find((one) => field && one.key === record?.[field.key]) ??
    pipelines.find((one) => one.default) ??
    pipelines[0]
  );
};

/** All that entering a stage asks for: going forward also what the open stages before it ask for, as the server judges. */
export function demands(pipeline: Pipeline | undefined, from: string | null, to: string): string[] {
  const stages = pipeline?.stages ?? [];
  const target = stages.findIndex((one) => one.key === to);
  const stage = stages[target];
  if (!stage) return [];
  const back = stages.findIndex((one) => one.key === from) > target;
  const passed =
    back || stage.kind === "lost" ? [] : stages.slice(0, target).filter((one) => one.kind === "open");
  return [...new Set([...passed, stage].flatMap((one) => one.required))];
}

/** What is asked for and already there. */
export const metOf = (
  object: ObjectDef,
  wanted: string[],
  missing: string[],
  record: RecordData,
): FieldDef[] =>
  wanted
    .filter((key) => !missing.includes(key) && !isEmpty(record[key]))
    .flatMap((key) => object.fields.find((field) => field.key === key) ?? []);

/** The fields that a deal's end is explained with: why lost, what it was won for. */
export function closingFields(object: ObjectDef, kind: string): string[] {
  const form = kind === "lost" ? /^lost_/ : kind === "won" ? /^(won_|win_)/ : /^$/;
  return object.fields.filter((field) => form.test(field.key) && isWritable(field)).map((field) => field.key);
}

/** The stage that comes next on the way to winning. */
export function nextStage(stages: PathStage[]): PathStage | undefined {
  const now = stages.findIndex((one) => one.state === "present");
  if (now < 0 || stages[now]?.kind !== "open") return undefined;
  return stages.slice(now + 1).find((one) => one.kind !== "lost" && !one.retired);
}
