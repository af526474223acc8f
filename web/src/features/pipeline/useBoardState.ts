import { useQueryClient } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { both } from "@/features/records/filters";
import { usePipelines } from "@/features/records/process";
import { useViews } from "@/shared/api/queries";
import type { FieldDef, ObjectDef, OptionDef, View } from "@/shared/api/types";
import { label } from "@/shared/format/format";
import { again } from "./cards";
import { cardOf } from "./facts";
import { groupOf, sortOf } from "./model";

/** What the address of a board holds. */
export interface BoardAddress {
  view?: string;
  filter?: unknown;
  sort?: string;
  pipeline?: string;
  group?: string;
}
interface BoardSettings {
  sort?: string;
  pipeline?: string;
  group?: string;
}

/** What a board shows: what the address says, else its view, else the object's own ways. */
export function useBoardState(object: ObjectDef) {
  const { t, i18n } = useTranslation();
  const queries = useQueryClient();
  const navigate = useNavigate();
  const address = useSearch({ strict: false }) as BoardAddress;
  const views = useViews(object.key, "board").data ?? [];
  const view = views.find((one) => one.id === address.view);
  const kept = (view?.settings ?? {}) as BoardSettings;
  const pipelines = usePipelines(object.key);
  const group = groupOf(object, address.group ?? kept.group) as FieldDef;
  const process = pipelines.find((one) => one.key === (address.pipeline ?? kept.pipeline)) ?? pipelines[0];
  const several = pipelines.length > 1;
  const chosen = address.filter ?? view?.filter;
  const pipelineField = object.fields.find((field) => field.type === "pipeline");
  // The cards of one process only, where there are several.
  const within =
    group.type === "stage" && several && pipelineField && process
      ? { field: pipelineField.key, op: "eq", value: process.key }
      : undefined;
  const options = (group.options ?? []).filter((one) => one.active !== false);
  const stages: OptionDef[] =
    group.type === "stage" && several && process
      ? process.stages.flatMap((stage) => {
          const option = options.find((one) => one.key === stage.key);
          return option ? [{ ...option, labels: stage.labels, kind: stage.kind }] : [];
        })
      : options;
  const wantedSort = address.sort ?? kept.sort;
  const { key: sortKey, sort } = sortOf(object, wantedSort);
  const changed =
    (address.filter !== undefined && JSON.stringify(address.filter) !== JSON.stringify(view?.filter ?? {})) ||
    (address.sort !== undefined && address.sort !== kept.sort) ||
    (address.group !== undefined && address.group !== kept.group) ||
    (address.pipeline !== undefined && address.pipeline !== kept.pipeline);
  return {
    view,
    views,
    group,
    stages,
    pipelines,
    pipeline: group.type === "stage" ? process?.key : undefined,
    process,
    /** What a view keeps and the chips show. */
    chosen,
    /** What is asked of the server. */
    filter: both(chosen, within),
    sortKey,
    sort,
    changed,
    title: view
      ? label((view as View).labels, i18n.language)
      : object.fields.some((f) => f.type === "stage")
        ? t("nav.board")
        : label(object.plural, i18n.language),
    card: cardOf(object, view, process?.key),
    go: (next: Partial<BoardAddress>) =>
      navigate({ to: ".", search: (before: BoardAddress) => ({ ...before, ...next }) } as never),
    reload: () =>
      Promise.all([again(queries, object.key), queries.invalidateQueries({ queryKey: ["aggregate"] })]),
  };
}
