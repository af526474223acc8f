import { useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Button, Dropdown, Popconfirm, Select, Switch } from "antd";
import { Ellipsis } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api } from "@/shared/api/client";
import { useViews } from "@/shared/api/queries";
import type { View } from "@/shared/api/types";
import { label } from "@/shared/format/format";
import { useSentence } from "@/shared/Problem";
import type { Designed } from "./api";

const columnKeys = (view: View, object: Designed): string[] => {
  const columns = (view.settings?.columns ?? object.config.list ?? []) as unknown[];
  return columns.flatMap((one) => {
    const key =
      typeof one === "string"
        ? one
        : ((one as { key?: string; field?: string }).key ?? (one as { field?: string }).field);
    return key ? [key] : [];
  });
};

/** The views everybody has of an object: their order, which one opens first, their columns. Filters are made in the list. */
export function ViewsTab({ object }: { object: Designed }) {
  const { t, i18n } = useTranslation();
  const locale = i18n.language;
  const found = useViews(object.key);
  const queries = useQueryClient();
  const sentence = useSentence();
  const [error, setError] = useState<unknown>(null);
  const views = (found.data ?? []).filter((view) => view.shared || view.key !== null);
  const run = async (work: () => Promise<unknown>) => {
    setError(null);
    try {
      await work();
    } catch (problem) {
      setError(problem);
    }
    await queries.invalidateQueries({ queryKey: ["views", object.key] });
  };
  const patch = (view: View, body: Record<string, unknown>) =>
    run(() => api(`/views/${view.id}`, { method: "PATCH", body }));
  const move = (from: number, to: number) =>
    run(async () => {
      const next = [...views];
      const [one] = next.splice(from, 1);
      if (!one) return;
      next.splice(to, 0, one);
      for (const [position, view] of next.entries())
        await api(`/views/${view.id}`, { method: "PATCH", body: { position } });
    });
  const columns = object.fields.filter((field) => field.type !== "line_items");
  return (
    <div className="object-body">
      <p className="meta">{t("build.viewsHint")}</p>
      {views.map((view, at) => (
        <div key={view.id} className="line row view-line">
          <Link
            to="/o/$object"
            params={{ object: object.key }}
            search={{ view: view.id }}
            className="name cut"
          >
            {label(view.labels, locale)}
          </Link>
          <Select
            mode="multiple"
            size="small"
            maxTagCount={3}
            className="grow"
            optionFilterProp="label"
            aria-label={t("build.columnsOf", { name: label(view.labels, locale) })}
            value={columnKeys(view, object)}
            onChange={(next) => patch(view, { settings: { ...view.settings, columns: next } })}
            options={columns.map((field) => ({ value: field.key, label: label(field.labels, locale) }))}
          />
          <span className="row view-default">
            <Switch
              size="small"
              checked={view.default}
              disabled={view.default}
              aria-label={t("build.opensFirstOf", { name: label(view.labels, locale) })}
              onChange={() => patch(view, { default: true })}
            />
            <span className="meta">{t("build.opensFirst")}</span>
          </span>
          <Dropdown
            trigger={["click"]}
            menu={{
              items: [
                { key: "up", label: t("build.moveUp"), disabled: at === 0, onClick: () => move(at, at - 1) },
                {
                  key: "down",
                  label: t("build.moveDown"),
                  disabled: at === views.length - 1,
                  onClick: () => move(at, at + 1),
                },
                {
                  key: "own",
                  label: t("build.unshare"),
                  disabled: !view.own || view.default,
                  onClick: () => patch(view, { shared: false }),
                },
              ],
            }}
          >
            <button
              type="button"
              className="plain icon"
              aria-label={t("build.viewMenu", { name: label(view.labels, locale) })}
            >
              <Ellipsis size={15} />
            </button>
          </Dropdown>
          <Popconfirm
            title={t("build.dropViewAsk", { name: label(view.labels, locale) })}
            okText={t("build.dropView")}
            onConfirm={() => run(() => api(`/views/${view.id}`, { method: "DELETE" }))}
          >
            <Button size="small" type="text" danger disabled={view.default}>
              {t("build.dropView")}
            </Button>
          </Popconfirm>
        </div>
      ))}
      {found.data && views.length === 0 && <p className="empty">{t("build.noViews")}</p>}
      {error !== null && (
        <p className="bad dense" role="alert">
          {sentence(error)}
        </p>
      )}
    </div>
  );
}
