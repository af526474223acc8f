import { useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { App, Button, Checkbox, Dropdown, Input, Popover } from "antd";
import { ChevronDown } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api } from "@/shared/api/client";
import { useMe } from "@/shared/api/queries";
import type { ObjectDef, View } from "@/shared/api/types";
import { label } from "@/shared/format/format";
import { useSentence } from "@/shared/Problem";
import { nodesOf } from "./filters";
import type { useListState } from "./listState";

type State = ReturnType<typeof useListState>;
const SHOWN = 5;

/** The saved views as tabs, the usual one marked; those that do not fit are in a menu. */
export function ViewTabs({ object, state }: { object: ObjectDef; state: State }) {
  const { t, i18n } = useTranslation();
  const { modal } = App.useApp();
  const me = useMe();
  const queries = useQueryClient();
  const views = state.views.data ?? [];
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
    </Link>
  );
  const remove = (view: View) =>
    modal.confirm({
      title: t("list.deleteView", { name: label(view.labels, locale) }),
      okText: t("list.delete"),
      cancelText: t("form.cancel"),
      okButtonProps: { danger: true },
      onOk: async () => {
        await api(`/views/${view.id}`, { method: "DELETE" });
        await queries.invalidateQueries({ queryKey: ["views", object.key] });
        await state.go({
          view: "all",
          filter: undefined,
          sort: undefined,
          cols: undefined,
          density: undefined,
        });
      },
    });
  const may = present && (present.own || me.data?.rights.design);
  return (
    <nav className="tabs" aria-label={t("list.views")}>
      {(!everything || !present) && tab(t("list.all"), "all", !present)}
      {shown.map((one) => tab(label(one.labels, locale), one.id, present?.id === one.id))}
      {(rest.length > 0 || may) && (
        <Dropdown
          trigger={["click"]}
          menu={{
            items: [
              ...rest.map((one) => ({
                key: one.id,
                label: label(one.labels, locale),
                onClick: () =>
                  state.go({ view: one.id, filter: undefined, sort: undefined, cols: undefined }),
              })),
              ...(rest.length && may ? [{ type: "divider" as const }] : []),
              ...(may && present
                ? [
                    {
                      key: "delete",
                      danger: true,
                      label: t("list.deleteViewMenu"),
                      onClick: () => remove(present),
                    },
                  ]
                : []),
            ],
          }}
        >
          <button type="button" className="plain tab" aria-label={t("list.moreViews")}>
            <ChevronDown size={14} />
          </button>
        </Dropdown>
      )}
    </nav>
  );
}

/** What to do with a view that was changed: keep the change, or keep it under another name. */
export function SaveView({ object, state }: { object: ObjectDef; state: State }) {
  const { t } = useTranslation();
  const { message } = App.useApp();
  const me = useMe();
  const queries = useQueryClient();
  const sentence = useSentence();
  const [open, setOpen] = useState(false);
  const [name, setName] = useState("");
  const [shared, setShared] = useState(false);
  const body = {
    filter: state.filter ?? {},
    sort: state.sort,
    settings: { columns: state.columns, density: state.density },
  };
  const attempt = async (act: () => Promise<View>) => {
    try {
      const view = await act();
      await queries.invalidateQueries({ queryKey: ["views", object.key] });
      await state.go({
        view: view.id,
        filter: undefined,
        sort: undefined,
        cols: undefined,
        density: undefined,
      });
      setOpen(false);
      setName("");
    } catch (problem) {
      message.error(sentence(problem));
    }
  };
  const save = () => attempt(() => api<View>(`/views/${state.view?.id}`, { method: "PATCH", body }));
  const saveAs = () =>
    attempt(() =>
      api<View>("/views", { body: { ...body, object: object.key, labels: { zh: name, en: name }, shared } }),
    );
  if (!state.changed) return null;
  return (
    <span className="save-view">
      {t("list.viewChanged")}
      {state.view && (state.view.own || me.data?.rights.design) && (
        <button type="button" className="plain link" onClick={save}>
          {t("form.save")}
        </button>
      )}
      <Popover
        trigger="click"
        open={open}
        onOpenChange={setOpen}
        placement="bottomLeft"
        content={
          <form
            className="condition"
            onSubmit={(event) => {
              event.preventDefault();
              if (name.trim()) void saveAs();
            }}
          >
            <Input
              autoFocus
              aria-label={t("list.viewName")}
              placeholder={t("list.viewName")}
              value={name}
              onChange={(event) => setName(event.target.value)}
            />
            {me.data?.rights.design && (
              <Checkbox checked={shared} onChange={(event) => setShared(event.target.checked)}>
                {t("list.shareView")}
              </Checkbox>
            )}
            <Button type="primary" htmlType="submit" disabled={!name.trim()}>
              {t("list.saveView")}
            </Button>
          </form>
        }
      >
        <button type="button" className="plain link">
          {t("list.saveAs")}
        </button>
      </Popover>
      <button
        type="button"
        className="plain link"
        onClick={() => state.go({ filter: undefined, sort: undefined, cols: undefined, density: undefined })}
      >
        {t("list.revert")}
      </button>
    </span>
  );
}
