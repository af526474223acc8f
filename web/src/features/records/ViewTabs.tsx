import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Dropdown } from "antd";
import { ChevronDown } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api, query } from "@/shared/api/client";
import { useMe } from "@/shared/api/queries";
import type { ObjectDef, View } from "@/shared/api/types";
import { label, number } from "@/shared/format/format";
import { nodesOf } from "./filters";
import { UNCHANGED, type useListState } from "./listState";
import { NameDialog, SaveViewForm } from "./SaveViewForm";
import { useViewActions } from "./useViewActions";

type State = ReturnType<typeof useListState>;
const SHOWN = 5;

/** How many records each view shows; asked once the list itself stands. */
function useCounts(object: string, enabled: boolean): Record<string, number> {
  const found = useQuery({
    queryKey: ["aggregate", "views", object],
    enabled,
    staleTime: 30_000,
    queryFn: async () =>
      (await api<{ counts: Record<string, number> }>(`/views/counts${query({ object })}`)).counts,
  });
  return found.data ?? {};
}

/** The saved views as tabs, the usual one marked; those that do not fit, and what can be done with one, are in a menu. */
export function ViewTabs({ object, state }: { object: ObjectDef; state: State }) {
  const { t, i18n } = useTranslation();
  const me = useMe();
  const views = state.views.data ?? [];
  const counts = useCounts(object.key, views.length > 0);
  const act = useViewActions(object, state);
  const [renaming, setRenaming] = useState<View>();
  const [present, locale] = [state.view, i18n.language];
  const first = views.slice(0, SHOWN);
  const shown = present && !first.includes(present) ? [...first.slice(0, SHOWN - 1), present] : first;
  // A view of all records says what the tab before it would say.
  const everything = views.some((one) => nodesOf(one.filter).length === 0);
  const rest = views.filter((one) => !shown.includes(one));
  const tab = (name: string, id: string, active: boolean) => (
    <Link
      key={id}
      to="."
      search={{ view: id } as never}
      className={`tab${active ? " active" : ""}`}
      aria-current={active ? "page" : undefined}
    >
      {name}
      {counts[id] !== undefined && <span className="tab-count num">{number(counts[id])}</span>}
    </Link>
  );
  const design = Boolean(me.data?.rights.design);
  const may = present && (present.own || design);
  const place = present ? views.indexOf(present) : -1;
  const entry = (key: string, run: () => unknown, more: object = {}) => ({
    key,
    label: t(`list.view_${key}`),
    onClick: () => void run(),
    ...more,
  });
  const items = [
    ...rest.map((one) => ({
      key: one.id,
      label: label(one.labels, locale),
      onClick: () => state.go({ ...UNCHANGED, view: one.id }),
    })),
    ...(rest.length && present ? [{ type: "divider" as const }] : []),
    ...(present
      ? [
          ...(may ? [entry("rename", () => setRenaming(present))] : []),
          entry("duplicate", () => act.duplicate(present)),
          entry("link", () => act.link(present)),
          entry(present.opens ? "notFirst" : "first", () => act.first(present.opens ? null : present)),
          ...(place > 0 ? [entry("left", () => act.order(place, place - 1))] : []),
          ...(place < views.length - 1 ? [entry("right", () => act.order(place, place + 1))] : []),
          ...(may && design
            ? [
                entry(present.shared ? "unshare" : "share", () =>
                  act.change(present, { shared: !present.shared }),
                ),
              ]
            : []),
          ...(design && !present.default
            ? [entry("default", () => act.change(present, { default: true }))]
            : []),
          ...(may
            ? [{ type: "divider" as const }, entry("delete", () => act.remove(present), { danger: true })]
            : []),
        ]
      : []),
  ];
  return (
    <nav className="tabs" aria-label={t("list.views")}>
      {(!everything || !present) && tab(t("list.all"), "all", !present)}
      {shown.map((one) => tab(label(one.labels, locale), one.id, present?.id === one.id))}
      {items.length > 0 && (
        <Dropdown trigger={["click"]} menu={{ items }}>
          <button type="button" className="plain tab" aria-label={t("list.moreViews")}>
            <ChevronDown size={14} />
          </button>
        </Dropdown>
      )}
      {renaming && (
        <NameDialog
          title={t("list.view_rename")}
          name={label(renaming.labels, locale)}
          onClose={() => setRenaming(undefined)}
          onDone={async (name) => {
            const other = locale === "en" ? "zh" : "en";
            const own = locale === "en" ? "en" : "zh";
            // A name that was the same in both languages stays so.
            const same = renaming.labels.zh === renaming.labels.en;
            const labels = { ...renaming.labels, [own]: name, ...(same ? { [other]: name } : {}) };
            await act.change(renaming, { labels });
            setRenaming(undefined);
          }}
        />
      )}
    </nav>
  );
}

/** What to do with a view that was changed: keep the change, or keep it under another name. */
export function SaveView({ object, state }: { object: ObjectDef; state: State }) {
  const { t } = useTranslation();
  const me = useMe();
  const act = useViewActions(object, state);
  if (!state.changed) return null;
  return (
    <span className="save-view">
      {t("list.viewChanged")}
      {state.view && (state.view.own || me.data?.rights.design) && (
        <button type="button" className="plain link" onClick={() => act.save()}>
          {t("form.save")}
        </button>
      )}
      <SaveViewForm mayShare={Boolean(me.data?.rights.design)} onDone={act.saveAs} />
      <button type="button" className="plain link" onClick={() => state.go(UNCHANGED)}>
        {t("list.revert")}
      </button>
    </span>
  );
}
