import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { Button, Popconfirm, Segmented, Select } from "antd";
import { Monitor, Redo2, Smartphone, Undo2 } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api } from "@/shared/api/client";
import { useMe } from "@/shared/api/queries";
import type { ObjectDef, RecordData } from "@/shared/api/types";
import { label, moment } from "@/shared/format/format";
import { ProblemBox } from "@/shared/Problem";
import { usePhone } from "@/shared/useMedia";
import type { Designed } from "./api";
import { Changes } from "./Changes";
import { applyDraft, stepCount } from "./draft";
import { FieldPanel } from "./FieldPanel";
import { useRights } from "./FieldRights";
import { FieldTable } from "./FieldTable";
import { LayoutTab } from "./LayoutTab";
import { ObjectSettings } from "./ObjectSettings";
import { PublishDialog } from "./PublishDialog";
import { RolePreview } from "./RolePreview";
import { SectionPanel } from "./SectionPanel";
import { Stages } from "./Stages";
import { useDraft } from "./useDraft";
import { ViewsTab } from "./ViewsTab";

export interface Address {
  object?: string;
  field?: string;
  tab?: string;
  as?: string;
}

const TABS = ["layout", "fields", "stages", "views", "object", "changes"] as const;

/** One object being shaped: a draft with undo, the form in the middle, what is chosen at the right. */
export function Designer({ object, objects }: { object: Designed; objects: ObjectDef[] }) {
  const { t, i18n } = useTranslation();
  const locale = i18n.language;
  const me = useMe().data;
  const zone = me?.workspace.time_zone ?? "UTC";
  const search = useSearch({ strict: false }) as Address;
  const navigate = useNavigate();
  const small = usePhone();
  const draft = useDraft(object);
  const rights = useRights(object.key).data;
  const [phone, setPhone] = useState(false);
  const [nth, setNth] = useState(0);
  const [publishing, setPublishing] = useState(false);
  const [problem, setProblem] = useState<{ field: string; message: string } | null>(null);
  const tab = TABS.find((one) => one === search.tab) ?? "layout";
  const go = (next: Address) =>
    void navigate({
      to: "/build/objects",
      search: { object: object.key, tab: search.tab, as: search.as, ...next },
      replace: true,
    });
  const records = useQuery({
    queryKey: ["design-records", object.key],
    enabled: (me?.objects[object.key]?.read ?? "none") !== "none",
    queryFn: async () => (await api<{ records: RecordData[] }>(`/records/${object.key}?limit=10`)).records,
  });
  if (draft.error) return <ProblemBox error={draft.error} />;
  const operations = draft.steps.operations.slice(0, draft.steps.position);
  const drafted = applyDraft(object, operations);
  const count = stepCount(draft.steps);
  const chosen = search.field;
  const field = drafted.fields.find((one) => one.key === chosen);
  const section = drafted.sections.find((one) => `#${one.key}` === chosen);
  const record = records.data?.[nth % Math.max(1, records.data.length)];
  const drafting = tab === "layout" || tab === "fields";
  const panel = drafting && !search.as && (field || section);
  const hiddenFrom = (key: string) => {
    const blind = (rights ?? []).filter(
      (role) => (role.read !== "none" || role.create) && role.fields[key] === "hidden",
    );
    if (blind.length === 0) return undefined;
    if (blind.length === 1) return t("build.hiddenFrom", { role: label(blind[0]?.labels, locale) });
    return t("build.hiddenFromMany", { count: blind.length });
  };
  const roles = (rights ?? []).filter((role) => role.read !== "none" || role.create);
  const name = label(object.labels, locale);
  return (
    <>
      <div className="page-bar">
        <h1 className="crumb">
          <Link to="/build/objects" search={{}}>
            {t("build.objects")}
          </Link>
          <span aria-hidden="true">/</span>
          {name}
        </h1>
        <span className="chip-plain">
          {t("build.fields", { count: drafted.fields.filter((one) => !one.system).length })} · v
          {draft.version}
        </span>
        <span className="grow" />
        {drafting && !small && (
          <>
            <span
              className={draft.saving === "saved" || draft.saving === "saving" ? "meta" : "meta bad"}
              role="status"
            >
              {draft.saving === "clash" || draft.saving === "failed" ? (
                <>
                  {t(`build.saving.${draft.saving}`)}{" "}
                  <Button size="small" onClick={draft.saving === "clash" ? draft.reload : draft.retry}>
                    {t(draft.saving === "clash" ? "build.takeTheirs" : "build.again")}
                  </Button>
                </>
              ) : draft.saving === "saving" ? (
                t("build.saving.saving")
              ) : draft.kept && count > 0 ? (
                t("build.saving.saved", {
                  count,
                  at: moment(draft.kept.saved_at, locale, zone),
                  who: draft.kept.saved_by.label ?? "",
                })
              ) : (
                t("build.saving.none")
              )}
            </span>
            <button
              type="button"
              className="plain icon bar-icon"
              aria-label={t("build.stepBack")}
              disabled={draft.steps.position === 0}
              onClick={draft.undo}
            >
              <Undo2 size={16} />
            </button>
            <button
              type="button"
              className="plain icon bar-icon"
              aria-label={t("build.stepForward")}
              disabled={draft.steps.position === draft.steps.operations.length}
              onClick={draft.redo}
            >
              <Redo2 size={16} />
            </button>
            {draft.steps.operations.length > 0 && (
              <Popconfirm
                title={t("build.discardAsk", { count: Math.max(1, count) })}
                okText={t("build.discard")}
                onConfirm={() => {
                  go({ field: undefined });
                  void draft.discard();
                }}
              >
                <Button>{t("build.discard")}</Button>
              </Popconfirm>
            )}
            <Button type="primary" disabled={count === 0} onClick={() => setPublishing(true)}>
              {count > 0 ? t("build.publish", { count }) : t("build.publishNone")}
            </Button>
          </>
        )}
      </div>
      {small && <p className="small-only meta">{t("build.smallScreen")}</p>}
      <div className="sub-bar">
        <div className="tabs" role="tablist" aria-label={name}>
          {TABS.map((one) => (
            <button
              key={one}
              type="button"
              role="tab"
              aria-selected={tab === one}
              className={tab === one ? "plain tab active" : "plain tab"}
              onClick={() => go({ tab: one === "layout" ? undefined : one, field: undefined, as: undefined })}
            >
              {t(`build.tab.${one}`)}
            </button>
          ))}
        </div>
        <span className="grow" />
        {tab === "layout" && (
          <>
            {records.data && records.data.length > 1 && (
              <Button type="text" size="small" onClick={() => setNth(nth + 1)}>
                {t("build.otherRecord")}
              </Button>
            )}
            <label className="meta" htmlFor="preview-as">
              {t("build.previewAs")}
            </label>
            <Select
              id="preview-as"
              size="small"
              popupMatchSelectWidth={false}
              value={search.as ?? ""}
              onChange={(as) => go({ as: as || undefined, field: undefined })}
              options={[
                { value: "", label: t("build.building") },
                ...roles.map((role) => ({ value: role.key, label: label(role.labels, locale) })),
              ]}
            />
            <Segmented
              size="small"
              value={phone ? "phone" : "wide"}
              onChange={(value) => setPhone(value === "phone")}
              options={[
                {
                  value: "wide",
                  icon: <Monitor size={13} />,
                  label: t("build.wide"),
                  title: t("build.wide"),
                },
                {
                  value: "phone",
                  icon: <Smartphone size={13} />,
                  label: t("build.phone"),
                  title: t("build.phone"),
                },
              ]}
            />
          </>
        )}
      </div>
      <div
        className={`designer${panel ? " open" : ""}${tab === "layout" && !search.as ? " with-palette" : ""}`}
        inert={small}
      >
        {tab === "layout" && search.as && (
          <RolePreview object={object} drafted={drafted} role={search.as} record={record} phone={phone} />
        )}
        {tab === "layout" && !search.as && (
          <LayoutTab
            object={object}
            drafted={drafted}
            operations={draft.steps.operations}
            record={record}
            chosen={chosen}
            hiddenFrom={hiddenFrom}
            phone={phone}
            onChoose={(key) => go({ field: key })}
            push={draft.push}
          />
        )}
        {tab === "fields" && (
          <FieldTable
            object={object}
            drafted={drafted}
            chosen={chosen}
            onChoose={(key) => go({ field: key })}
            push={draft.push}
          />
        )}
        {tab === "stages" && <Stages object={object} />}
        {tab === "views" && <ViewsTab object={object} />}
        {tab === "object" && <ObjectSettings key={object.key} object={object} />}
        {tab === "changes" && (
          <div className="object-body">
            <Changes object={object} />
          </div>
        )}
        {panel && field && (
          <FieldPanel
            key={field.key}
            object={object}
            field={field}
            objects={objects}
            problem={problem?.field === field.key ? problem.message : undefined}
            push={draft.push}
            onClose={() => go({ field: undefined })}
          />
        )}
        {panel && section && (
          <SectionPanel
            key={section.key}
            section={section}
            sections={drafted.sections}
            push={draft.push}
            onClose={() => go({ field: undefined })}
          />
        )}
      </div>
      {publishing && (
        <PublishDialog
          object={object}
          draft={draft}
          onProblem={(key, message) => {
            setPublishing(false);
            setProblem({ field: key, message });
            go({ field: key });
          }}
          onDone={(made) => {
            setPublishing(false);
            setProblem(null);
            go({
              field: chosen && made[chosen] ? made[chosen] : chosen?.startsWith("~") ? undefined : chosen,
            });
          }}
          onClose={() => setPublishing(false)}
        />
      )}
    </>
  );
}
