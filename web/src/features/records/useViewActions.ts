import { useQueryClient } from "@tanstack/react-query";
import { App } from "antd";
import { useTranslation } from "react-i18next";
import { api } from "@/shared/api/client";
import type { ObjectDef, View } from "@/shared/api/types";
import { label } from "@/shared/format/format";
import { useSentence } from "@/shared/Problem";
import { UNCHANGED, type useListState } from "./listState";
import { moved } from "./model";
import { useUndo } from "./useUndo";

/** What can be done with the views of a list; every refusal is said, and nothing that was typed is lost by it. */
export function useViewActions(object: ObjectDef, state: ReturnType<typeof useListState>) {
  const { t, i18n } = useTranslation();
  const { message } = App.useApp();
  const queries = useQueryClient();
  const sentence = useSentence();
  const undo = useUndo();
  const fresh = () => queries.invalidateQueries({ queryKey: ["views", object.key] });
  const attempt = async (act: () => Promise<unknown>): Promise<boolean> => {
    try {
      await act();
      return true;
    } catch (problem) {
      message.error(sentence(problem));
      return false;
    }
  };
  const open = (id: string) => state.go({ ...UNCHANGED, view: id });
  const shown = () => ({
    filter: state.filter ?? {},
    sort: state.sort,
    // What a board or a calendar keeps with the view stays.
    settings: {
      ...state.view?.settings,
      columns: state.columns,
      density: state.density,
      widths: state.widths,
      ...(state.totals ? { totals: state.totals } : {}),
    },
  });
  const make = async (body: object) => {
    const view = await api<View>("/views", { body });
    await fresh();
    await open(view.id);
  };
  return {
    save: () =>
      attempt(async () => {
        await api<View>(`/views/${state.view?.id}`, { method: "PATCH", body: shown() });
        await fresh();
        await open(state.view?.id ?? "all");
      }),
    saveAs: (name: string, shared: boolean) =>
      attempt(() => make({ ...shown(), object: object.key, labels: { zh: name, en: name }, shared })),
    duplicate: (view: View) =>
      attempt(() => {
        const { filter, sort, settings } = view;
        const labels = {
          zh: t("list.copyOf", { name: view.labels.zh, lng: "zh-CN" }),
          en: t("list.copyOf", { name: view.labels.en, lng: "en" }),
        };
        return make({ object: object.key, labels, filter, sort, settings: settings ?? {} });
      }),
    change: (view: View, body: object) =>
      attempt(async () => {
        await api(`/views/${view.id}`, { method: "PATCH", body });
        await fresh();
      }),
    first: (view: View | null) =>
      attempt(async () => {
        await api("/views/choice", { body: { object: object.key, default: view?.id ?? null } });
        await fresh();
      }),
    order: (from: number, to: number) =>
      attempt(async () => {
        const ids = moved(
          (state.views.data ?? []).map((one) => one.id),
          from,
          to,
        );
        await api("/views/choice", { body: { object: object.key, order: ids } });
        await fresh();
      }),
    link: async (view: View) => {
      const address = `${location.origin}/o/${object.key}?view=${view.id}`;
      await navigator.clipboard?.writeText(address).catch(() => undefined);
      message.success(t(view.shared ? "list.linkCopied" : "list.linkCopiedOwn"));
    },
    remove: (view: View) =>
      attempt(async () => {
        await api(`/views/${view.id}`, { method: "DELETE" });
        await state.go({ ...UNCHANGED, view: "all" });
        await fresh();
        undo(t("list.viewDeleted", { name: label(view.labels, i18n.language) }), async () => {
          const { id, labels, filter, sort, settings, shared } = view;
          await make({ object: object.key, id, labels, filter, sort, settings: settings ?? {}, shared });
        });
      }),
  };
}
