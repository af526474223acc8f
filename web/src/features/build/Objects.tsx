import "./build.css";
import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { Button, Popconfirm } from "antd";
import { Plus } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { iconOf } from "@/app/icons";
import { NotFound } from "@/app/NotFound";
import { useMe } from "@/shared/api/queries";
import { label } from "@/shared/format/format";
import { ProblemBox, useSentence } from "@/shared/Problem";
import { type Designed, type RetiredObject, useDesign, useDesigner } from "./api";
import { Changes } from "./Changes";
import { FieldInspector } from "./FieldInspector";
import { FieldTable } from "./FieldTable";
import { NewField } from "./NewField";
import { NewObject } from "./NewObject";

/** Objects and their fields: made, renamed, re-typed, retired and brought back, each change with its undo. */
export function ObjectsPage() {
  const { t, i18n } = useTranslation();
  const locale = i18n.language;
  const me = useMe().data;
  const design = useDesign();
  const search = useSearch({ strict: false }) as { object?: string; field?: string; tab?: string };
  const navigate = useNavigate();
  const [adding, setAdding] = useState(false);
  const [making, setMaking] = useState(false);
  if (me && !me.rights.design) return <NotFound />;
  if (design.error) return <ProblemBox error={design.error} retry={() => design.refetch()} />;
  const objects = design.data?.objects ?? [];
  const shown = objects.filter((one) => one.kind === "object");
  const object = shown.find((one) => one.key === search.object) ?? shown[0];
  const field = object?.fields.find((one) => one.key === search.field);
  const go = (next: { object?: string; field?: string; tab?: string }) => {
    setAdding(false);
    void navigate({ to: "/build/objects", search: next, replace: next.object === search.object });
  };
  return (
    <>
      <div className="page-bar">
        <h1 className="crumb">
          <span>{t("build.objects")}</span>
          {object && (
            <>
              <span aria-hidden="true">/</span>
              {label(object.labels, locale)}
            </>
          )}
        </h1>
        {object && (
          <span className="meta grow">
            {t("build.fields", { count: object.fields.filter((one) => !one.system).length })} · {object.key}
          </span>
        )}
        <Button onClick={() => setMaking(true)}>{t("build.newObject")}</Button>
        {object && (
          <Button
            type="primary"
            icon={<Plus size={15} />}
            onClick={() => {
              go({ object: object.key });
              setAdding(true);
            }}
          >
            {t("build.newField")}
          </Button>
        )}
      </div>
      <p className="small-only meta">{t("build.smallScreen")}</p>
      <div className={field || adding ? "build open" : "build"}>
        <nav className="object-list" aria-label={t("build.objectList")}>
          {shown.map((one) => {
            const Icon = iconOf(one.icon);
            return (
              <Link
                key={one.key}
                to="/build/objects"
                search={{ object: one.key }}
                onClick={() => setAdding(false)}
                className={one.key === object?.key ? "nav active" : "nav"}
                aria-current={one.key === object?.key ? "page" : undefined}
              >
                <Icon size={15} strokeWidth={1.7} />
                <span className="cut">{label(one.labels, locale)}</span>
              </Link>
            );
          })}
          <Retired objects={design.data?.retired ?? []} />
        </nav>
        {object ? (
          <div className="object-body">
            <div className="tabs" role="tablist" aria-label={label(object.labels, locale)}>
              {[
                [undefined, t("build.tabFields")],
                ["changes", t("build.tabChanges")],
              ].map(([tab, text]) => (
                <button
                  key={text}
                  type="button"
                  role="tab"
                  aria-selected={search.tab === tab}
                  className={search.tab === tab ? "plain tab active" : "plain tab"}
                  onClick={() => go({ object: object.key, tab })}
                >
                  {text}
                </button>
              ))}
              <span className="grow" />
              <RetireObject object={object} onDone={() => go({})} />
            </div>
            {search.tab === "changes" ? (
              <Changes object={object} />
            ) : (
              <FieldTable
                key={object.key}
                object={object}
                chosen={field?.key}
                onChoose={(key) => go({ object: object.key, field: key })}
              />
            )}
          </div>
        ) : (
          design.data && <p className="empty">{t("build.noObjects")}</p>
        )}
        {object && adding && (
          <NewField
            key={object.key}
            object={object}
            objects={objects}
            onMade={(key) => go({ object: object.key, field: key })}
            onClose={() => setAdding(false)}
          />
        )}
        {object && field && !adding && (
          <FieldInspector
            key={`${object.key}.${field.key}.${field.type}`}
            object={object}
            field={field}
            objects={objects}
            onClose={() => go({ object: object.key })}
          />
        )}
      </div>
      {making && (
        <NewObject
          onClose={() => setMaking(false)}
          onMade={(key) => {
            setMaking(false);
            go({ object: key });
          }}
        />
      )}
    </>
  );
}

function RetireObject({ object, onDone }: { object: Designed; onDone: () => void }) {
  const { t, i18n } = useTranslation();
  const send = useDesigner();
  const sentence = useSentence();
  const [error, setError] = useState<unknown>(null);
  const retire = async () => {
    setError(null);
    try {
      await send(`/objects/${object.key}`, "DELETE");
      onDone();
    } catch (problem) {
      setError(problem);
    }
  };
  return (
    <>
      {error !== null && (
        <span className="bad meta" role="alert">
          {sentence(error)}
        </span>
      )}
      <Popconfirm
        title={t("build.retireAsk", { name: label(object.labels, i18n.language) })}
        okText={t("build.retire")}
        onConfirm={retire}
      >
        <Button type="text" size="small">
          {t("build.retireObject")}
        </Button>
      </Popconfirm>
    </>
  );
}

function Retired({ objects }: { objects: RetiredObject[] }) {
  const { t, i18n } = useTranslation();
  const send = useDesigner();
  if (objects.length === 0) return null;
  return (
    <>
      <div className="nav-group">{t("build.retiredObjects")}</div>
      {objects.map((one) => (
        <div key={one.key} className="nav away">
          <span className="cut grow">{label(one.labels, i18n.language)}</span>
          <Button type="text" size="small" onClick={() => send(`/objects/${one.key}/restore`, "POST")}>
            {t("build.restore")}
          </Button>
        </div>
      ))}
    </>
  );
}
