import "./merge.css";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Link, useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { Button, Radio, Skeleton } from "antd";
import { ArrowLeft } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { ApiProblem, api, query } from "@/shared/api/client";
import { useObject, useObjects } from "@/shared/api/queries";
import type { FieldDef, ObjectDef, RecordData } from "@/shared/api/types";
import { FieldValue } from "@/shared/fields/FieldValue";
import { label } from "@/shared/format/format";
import { ProblemBox, useSentence } from "@/shared/Problem";
import { ALL, differing, fullest, joins, mergeBody, usual } from "./merging";
import { useUndo } from "./useUndo";

interface Preview {
  records: RecordData[];
  moves: { object: string; field: string; count: number }[];
}
interface Done {
  id: string;
  survivor: string;
  merged: number;
  moved: number;
}

/** Several records side by side, one of which stays; nothing happens before it is said what will. */
export function MergePage() {
  const { object: key } = useParams({ strict: false }) as { object: string };
  const { ids = "" } = useSearch({ strict: false }) as { ids?: string };
  const object = useObject(key);
  const list = ids.split(",").filter(Boolean);
  if (!object) return <Skeleton active className="late-in" style={{ padding: 24 }} />;
  return <Choosing key={ids} object={object} ids={list} />;
}

function Choosing({ object, ids }: { object: ObjectDef; ids: string[] }) {
  const { t, i18n } = useTranslation();
  const locale = i18n.language;
  const navigate = useNavigate();
  const queries = useQueryClient();
  const sentence = useSentence();
  const undo = useUndo();
  const objects = useObjects().data ?? [];
  const [wanted, setWanted] = useState<string>();
  const [chosen, setChosen] = useState<Record<string, string>>({});
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<unknown>();
  const all = useQuery({
    queryKey: ["record", object.key, "merge", ids],
    enabled: ids.length > 1,
    queryFn: () =>
      api<Preview>(`/records/${object.key}/${ids[0]}/merge${query({ others: ids.slice(1).join(",") })}`),
  });
  const records = all.data?.records ?? [];
  const survivor = wanted ?? fullest(object, records);
  // What moves depends on who stays.
  const moves = useQuery({
    queryKey: ["record", object.key, "merge", ids, survivor],
    enabled: records.length > 1,
    queryFn: () =>
      api<Preview>(
        `/records/${object.key}/${survivor}/merge${query({ others: ids.filter((id) => id !== survivor).join(",") })}`,
      ),
  });
  const plural = label(object.plural, locale);
  if (all.error) return <ProblemBox error={all.error} retry={() => all.refetch()} />;
  if (ids.length < 2) return <div className="empty">{t("merge.tooFew")}</div>;
  if (!all.data) return <Skeleton active className="late-in" style={{ padding: 24 }} />;
  const fields = differing(object, records);
  const nameOf = (record: RecordData) => String(record[object.name_field ?? ""] ?? record.serial ?? "—");
  const staying = records.find((one) => one.id === survivor);
  const refresh = async () => {
    const names = ["list", "aggregate", "board", "record", "timeline", "related", "duplicate-groups"];
    await Promise.all(names.map((name) => queries.invalidateQueries({ queryKey: [name] })));
  };
  const merge = async () => {
    setBusy(true);
    setProblem(undefined);
    try {
      const body = mergeBody(fields, records, survivor, chosen);
      const done = await api<Done>(`/records/${object.key}/${survivor}/merge`, { body });
      await navigate({ to: "/o/$object/$id", params: { object: object.key, id: survivor } });
      await refresh();
      undo(t("merge.done", { count: done.merged, moved: done.moved }), async () => {
        const back = await api<{ left: unknown[] }>(`/merges/${done.id}/undo`, { method: "POST" });
        await refresh();
        if (back.left.length > 0) return t("merge.undoneSome", { count: back.left.length });
      });
    } catch (error) {
      setProblem(error);
      // Somebody changed one of them: what was chosen stays, the values are those of now.
      if (error instanceof ApiProblem && error.body.status === 412) await all.refetch();
    } finally {
      setBusy(false);
    }
  };
  const columns = { gridTemplateColumns: `150px repeat(${records.length}, minmax(190px, 1fr))` };
  return (
    <>
      <div className="page-bar">
        <Link to="/o/$object" params={{ object: object.key }} className="row soft">
          <ArrowLeft size={15} />
          {plural}
        </Link>
        <h1>{t("merge.title", { count: records.length, name: plural })}</h1>
        <span className="grow" />
        <Button type="primary" loading={busy} onClick={merge}>
          {t("merge.act", { count: records.length })}
        </Button>
      </div>
      <div className="merge">
        {problem !== undefined && (
          <p className="bad merge-problem" role="alert">
            {sentence(problem)}
          </p>
        )}
        <section className="merge-grid" aria-label={t("merge.choose")}>
          <fieldset className="merge-row head" style={columns}>
            <legend className="hidden-text">{t("merge.stays")}</legend>
            <span className="meta">{t("merge.stays")}</span>
            {records.map((record) => (
              <Radio
                key={record.id}
                name="survivor"
                checked={record.id === survivor}
                onChange={() => setWanted(record.id)}
              >
                <span className="strong">{nameOf(record)}</span>
              </Radio>
            ))}
          </fieldset>
          {fields.map((field) => (
            <Values
              key={field.key}
              {...{ field, records, columns }}
              value={chosen[field.key] ?? usual(field, records, survivor)}
              nameOf={nameOf}
              onChange={(next) => setChosen({ ...chosen, [field.key]: next })}
            />
          ))}
          {fields.length === 0 && <p className="dense merge-same">{t("merge.same_values")}</p>}
        </section>
        <section className="merge-moves" aria-label={t("merge.moves")} aria-live="polite">
          <h2>{t("merge.moves")}</h2>
          <ul>
            {(moves.data?.moves ?? []).map((one) => {
              const holder = objects.find((found) => found.key === one.object);
              const field = holder?.fields.find((found) => found.key === one.field);
              return (
                <li key={`${one.object}.${one.field}`} className="dense">
                  {t("merge.move", {
                    count: one.count,
                    name: label(holder?.plural, locale),
                    field: label(field?.labels, locale),
                    to: staying ? nameOf(staying) : "",
                  })}
                </li>
              );
            })}
            {moves.data?.moves.length === 0 && <li className="dense">{t("merge.moveNone")}</li>}
            <li className="dense">{t("merge.bin", { count: records.length - 1 })}</li>
          </ul>
        </section>
      </div>
    </>
  );
}

/** One field of all records side by side, and whose value stays. */
function Values({
  field,
  records,
  columns,
  value,
  nameOf,
  onChange,
}: {
  field: FieldDef;
  records: RecordData[];
  columns: { gridTemplateColumns: string };
  value: string;
  nameOf: (record: RecordData) => string;
  onChange: (value: string) => void;
}) {
  const { t, i18n } = useTranslation();
  const name = label(field.labels, i18n.language);
  return (
    <fieldset className="merge-row" style={columns}>
      <legend className="hidden-text">{name}</legend>
      <span className="meta">
        {name}
        {joins(field) && (
          <Radio name={field.key} checked={value === ALL} onChange={() => onChange(ALL)}>
            {t("merge.all")}
          </Radio>
        )}
      </span>
      {records.map((record) => (
        <Radio
          key={record.id}
          name={field.key}
          aria-label={t("merge.take", { name, from: nameOf(record) })}
          checked={value === record.id}
          onChange={() => onChange(record.id)}
        >
          <FieldValue field={field} record={record} plain still />
        </Radio>
      ))}
    </fieldset>
  );
}
