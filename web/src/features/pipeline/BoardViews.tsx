import { useQueryClient } from "@tanstack/react-query";
import { App, Button, Checkbox, Dropdown, Input, Modal } from "antd";
import { ChevronDown } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api } from "@/shared/api/client";
import { useMe } from "@/shared/api/queries";
import type { ObjectDef, View } from "@/shared/api/types";
import { label } from "@/shared/format/format";
import { useSentence } from "@/shared/Problem";
import { stored } from "./facts";
import type { useBoardState } from "./useBoardState";

type State = ReturnType<typeof useBoardState>;

/** What a saved board keeps: filter, order of cards, process, columns, and the card when it has one of its own. */
export function boardBody(state: State, card?: string[]) {
  const before = (state.view?.settings ?? {}) as Record<string, unknown>;
  return {
    filter: state.chosen ?? {},
    settings: {
      ...before,
      kind: "board",
      sort: state.sortKey,
      group: state.group.key,
      ...(state.pipelines.length > 1 ? { pipeline: state.pipeline } : {}),
      ...(card ? { card: stored(card) } : {}),
    },
  };
}

const UNCHANGED = { filter: undefined, sort: undefined, pipeline: undefined, group: undefined };

/** The saved boards of an object: one to open, this one to keep. */
export function BoardViews({ object, state }: { object: ObjectDef; state: State }) {
  const { t, i18n } = useTranslation();
  const { message } = App.useApp();
  const sentence = useSentence();
  const queries = useQueryClient();
  const me = useMe();
  const [naming, setNaming] = useState(false);
  const [name, setName] = useState("");
  const [shared, setShared] = useState(false);
  const may = state.view && (state.view.own || me.data?.rights.design);
  const attempt = async (act: () => Promise<unknown>, next: string | undefined) => {
    try {
      const made = (await act()) as View | undefined;
      await queries.invalidateQueries({ queryKey: ["views", object.key] });
      await state.go({ view: next ?? made?.id, ...UNCHANGED });
      setNaming(false);
    } catch (problem) {
      message.error(sentence(problem));
    }
  };
  const saveAs = () =>
    attempt(
      () =>
        api<View>("/views", {
          body: { ...boardBody(state), object: object.key, labels: { zh: name, en: name }, shared },
        }),
      undefined,
    );
  return (
    <>
      <Dropdown
        trigger={["click"]}
        menu={{
          selectedKeys: [state.view?.id ?? "all"],
          items: [
            {
              key: "all",
              label: t("board.wholeBoard"),
              onClick: () => state.go({ view: undefined, ...UNCHANGED }),
            },
            ...state.views.map((one) => ({
              key: one.id,
              label: label(one.labels, i18n.language),
              onClick: () => state.go({ view: one.id, ...UNCHANGED }),
            })),
            { type: "divider" as const },
            ...(may && state.changed
              ? [
                  {
                    key: "save",
                    label: t("form.save"),
                    onClick: () =>
                      attempt(
                        () => api(`/views/${state.view?.id}`, { method: "PATCH", body: boardBody(state) }),
                        state.view?.id,
                      ),
                  },
                ]
              : []),
            { key: "as", label: t("board.saveAs"), onClick: () => setNaming(true) },
            ...(may
              ? [
                  {
                    key: "delete",
                    danger: true,
                    label: t("board.deleteView"),
                    onClick: () =>
                      attempt(async () => {
                        await api(`/views/${state.view?.id}`, { method: "DELETE" });
                        await state.go({ view: undefined, ...UNCHANGED });
                      }, undefined),
                  },
                ]
              : []),
          ],
        }}
      >
        <Button size="small" className="board-view">
          {state.view ? label(state.view.labels, i18n.language) : t("board.wholeBoard")}
          <ChevronDown size={13} />
        </Button>
      </Dropdown>
      <Modal
        open={naming}
        width={380}
        title={t("board.saveAs")}
        okText={t("form.save")}
        cancelText={t("form.cancel")}
        okButtonProps={{ disabled: !name.trim() }}
        onOk={saveAs}
        onCancel={() => setNaming(false)}
      >
        <Input
          aria-label={t("list.viewName")}
          placeholder={t("list.viewName")}
          maxLength={60}
          value={name}
          onChange={(event) => setName(event.target.value)}
        />
        {me.data?.rights.design && (
          <Checkbox checked={shared} onChange={(event) => setShared(event.target.checked)}>
            {t("list.shareView")}
          </Checkbox>
        )}
      </Modal>
    </>
  );
}
