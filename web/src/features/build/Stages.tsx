import {
  closestCenter,
  DndContext,
  KeyboardSensor,
  MouseSensor,
  TouchSensor,
  useSensor,
  useSensors,
} from "@dnd-kit/core";
import {
  arrayMove,
  horizontalListSortingStrategy,
  SortableContext,
  sortableKeyboardCoordinates,
} from "@dnd-kit/sortable";
import { Button, Checkbox, Select } from "antd";
import { Plus, Redo2, Undo2, X } from "lucide-react";
import { useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { ApiProblem } from "@/shared/api/client";
import { label } from "@/shared/format/format";
import { ProblemBox, useSentence } from "@/shared/Problem";
import { type Designed, useDesigner } from "./api";
import { bothLabels } from "./fresh";
import { Names } from "./Names";
import { type Pipeline, type Stage, stageKey, usePipelines, withStage } from "./pipelines";
import { StageCard } from "./StageCard";
import { StagePanel } from "./StagePanel";

/** The pipelines of an object: their stages in order, each with what it asks for. */
export function Stages({ object }: { object: Designed }) {
  const { t, i18n } = useTranslation();
  const { found, counts } = usePipelines(object.key);
  const [chosen, setChosen] = useState<string>();
  const [made, setMade] = useState<Pipeline[]>([]);
  if (found.error) return <ProblemBox error={found.error} retry={() => found.refetch()} />;
  if (!found.data) return <div className="object-body" />;
  const all = [...found.data, ...made.filter((one) => !found.data.some((other) => other.key === one.key))];
  const pipeline = all.find((one) => one.key === chosen) ?? all[0];
  const begin = () => {
    const labels = bothLabels(all.length ? "build.pipelineName" : "build.pipelineFirst");
    const key = stageKey(
      all.length ? labels : { zh: "", en: "standard" },
      all.map((one) => one.key),
    );
    const stage = (name: string, kind: Stage["kind"], probability: number): Stage => ({
      key: name,
      labels: bothLabels(`build.stage.${name}`),
      kind,
      probability,
      required: [],
      hint: null,
      stale_factor: null,
    });
    const stages = [
      stage("begun", "open", 20),
      stage("going", "open", 60),
      stage("won", "won", 100),
      stage("lost", "lost", 0),
    ];
    setMade([...made, { key, object: object.key, labels, default: all.length === 0, version: 0, stages }]);
    setChosen(key);
  };
  if (!pipeline)
    return (
      <div className="object-body">
        <div className="empty">
          <p>{t("build.noPipeline", { name: label(object.labels, i18n.language) })}</p>
          <Button type="primary" onClick={begin}>
            {t("build.beginPipeline")}
          </Button>
        </div>
      </div>
    );
  return (
    <Editor
      key={`${pipeline.key}.${pipeline.version}`}
      object={object}
      pipeline={pipeline}
      counts={counts?.[pipeline.key] ?? {}}
      choice={
        <>
          {all.length > 1 && (
            <Select
              size="small"
              aria-label={t("build.pipeline")}
              value={pipeline.key}
              onChange={setChosen}
              options={all.map((one) => ({ value: one.key, label: label(one.labels, i18n.language) }))}
            />
          )}
          <Button size="small" type="text" icon={<Plus size={14} />} onClick={begin}>
            {t("build.newPipeline")}
          </Button>
        </>
      }
    />
  );
}

/** A pipeline that was being changed here, as it was left. */
function kept(place: string): Pipeline | null {
  try {
    return JSON.parse(sessionStorage.getItem(place) ?? "null") as Pipeline | null;
  } catch {
    return null;
  }
}

/** What is chosen when it is the pipeline itself; no stage has such a key. */
const PIPELINE = "~pipeline";

interface EditorProps {
  object: Designed;
  pipeline: Pipeline;
  counts: Record<string, number>;
  choice: React.ReactNode;
}

function Editor({ object, pipeline, counts, choice }: EditorProps) {
  const { t, i18n } = useTranslation();
  const send = useDesigner();
  const sentence = useSentence();
  const [past, setPast] = useState<Pipeline[]>([]);
  const draftPlace = `dealwright.stages.${object.key}.${pipeline.key}.${pipeline.version}`;
  const [now, setNow] = useState(() => kept(draftPlace) ?? pipeline);
  const typing = useRef("");
  const [ahead, setAhead] = useState<Pipeline[]>([]);
  const [chosen, setChosen] = useState<string | null>(null);
  const [moves, setMoves] = useState<Record<string, string>>({});
  const [error, setError] = useState<unknown>(null);
  const [busy, setBusy] = useState(false);
  const sensors = useSensors(
    useSensor(MouseSensor, { activationConstraint: { distance: 5 } }),
    useSensor(TouchSensor, { activationConstraint: { delay: 220, tolerance: 8 } }),
    useSensor(KeyboardSensor, { coordinateGetter: sortableKeyboardCoordinates }),
  );
  // What is not published yet outlives leaving the screen.
  useEffect(() => {
    if (now === pipeline) sessionStorage.removeItem(draftPlace);
    else sessionStorage.setItem(draftPlace, JSON.stringify(now));
  }, [now, pipeline, draftPlace]);
  /** what: the same word for changes that are one step, as the letters of a name are. */
  const change = (next: Pipeline, what = "") => {
    if (what === "" || what !== typing.current) setPast([...past, now]);
    typing.current = what;
    setNow(next);
    setAhead([]);
    setError(null);
  };
  const setStages = (stages: Stage[], what = "") => change({ ...now, stages }, what);
  const back = () => {
    typing.current = "";
    const last = past[past.length - 1];
    if (!last) return;
    setPast(past.slice(0, -1));
    setAhead([now, ...ahead]);
    setNow(last);
  };
  const forward = () => {
    const next = ahead[0];
    if (!next) return;
    setAhead(ahead.slice(1));
    setPast([...past, now]);
    setNow(next);
  };
  const gone = pipeline.stages.filter((stage) => !now.stages.some((one) => one.key === stage.key));
  const held = gone.filter((stage) => (counts[stage.key] ?? 0) > 0);
  const unsaid = held.filter((stage) => !now.stages.some((one) => one.key === moves[stage.key]));
  const dirty = JSON.stringify(now) !== JSON.stringify(pipeline) || pipeline.version === 0;
  const publish = async () => {
    setBusy(true);
    setError(null);
    try {
      const move = Object.fromEntries(held.map((stage) => [stage.key, moves[stage.key]]));
      await send("/pipelines", "PUT", { ...now, move }, pipeline.version);
    } catch (problem) {
      setError(problem);
      setBusy(false);
    }
  };
  const keys = now.stages.map((stage) => stage.key);
  const stage = now.stages.find((one) => one.key === chosen);
  const place = keys.indexOf(chosen ?? "");
  const move = (from: number, to: number) =>
    to >= 0 && to < keys.length && setStages(arrayMove(now.stages, from, to));
  const faults = error instanceof ApiProblem ? error.body.errors : [];
  return (
    <>
      <div className="object-body">
        <div className="row stages-bar">
          <h2 className="section-title">{label(now.labels, i18n.language)}</h2>
          <Button size="small" type="text" onClick={() => setChosen(PIPELINE)}>
            {t("build.renamePipeline")}
          </Button>
          <span className="meta">{t("build.versionOf", { version: pipeline.version })}</span>
          {choice}
          <span className="grow" />
          <span className="meta">{dirty ? t("build.notPublished") : ""}</span>
          <button
            type="button"
            className="plain icon bar-icon"
            aria-label={t("build.stepBack")}
            disabled={!past.length}
            onClick={back}
          >
            <Undo2 size={16} />
          </button>
          <button
            type="button"
            className="plain icon bar-icon"
            aria-label={t("build.stepForward")}
            disabled={!ahead.length}
            onClick={forward}
          >
            <Redo2 size={16} />
          </button>
          <Button type="primary" loading={busy} disabled={!dirty || unsaid.length > 0} onClick={publish}>
            {t("build.publishStages")}
          </Button>
        </div>
        {error !== null && (
          <div className="refused" role="alert">
            {faults.length > 1 ? (
              faults.map((one) => (
                <p key={`${one.field}.${one.code}`} className="bad">
                  {one.message}
                </p>
              ))
            ) : (
              <p className="bad">{sentence(error)}</p>
            )}
          </div>
        )}
        {held.map((one) => (
          <div
            key={one.key}
            className="row uses strongly"
            role="group"
            aria-label={label(one.labels, i18n.language)}
          >
            <label htmlFor={`move-${one.key}`}>
              {t("build.moveDeals", { count: counts[one.key] ?? 0, stage: label(one.labels, i18n.language) })}
            </label>
            <Select
              id={`move-${one.key}`}
              size="small"
              style={{ minWidth: 160 }}
              placeholder={t("build.chooseStage")}
              value={moves[one.key]}
              onChange={(to) => setMoves({ ...moves, [one.key]: to })}
              options={now.stages.map((other) => ({
                value: other.key,
                label: label(other.labels, i18n.language),
              }))}
            />
          </div>
        ))}
        <DndContext
          sensors={sensors}
          collisionDetection={closestCenter}
          onDragEnd={({ active, over }) => {
            if (over && over.id !== active.id)
              move(keys.indexOf(String(active.id)), keys.indexOf(String(over.id)));
          }}
        >
          <SortableContext items={keys} strategy={horizontalListSortingStrategy}>
            <div className="stage-row">
              {now.stages.map((one, at) => (
                <StageCard
                  key={one.key}
                  object={object}
                  stages={now.stages}
                  stage={one}
                  before={pipeline.stages.find((other) => other.key === one.key)}
                  count={counts[one.key] ?? 0}
                  chosen={chosen === one.key}
                  onChoose={() => setChosen(one.key)}
                  onMove={(by) => move(at, at + by)}
                />
              ))}
              <Button
                type="dashed"
                className="stage-add"
                icon={<Plus size={15} />}
                onClick={() => {
                  const next = withStage(now.stages, bothLabels("build.stageName"));
                  setStages(next);
                  setChosen(next.find((one) => !keys.includes(one.key))?.key ?? null);
                }}
              >
                {t("build.addStage")}
              </Button>
            </div>
          </SortableContext>
        </DndContext>
      </div>
      {chosen === PIPELINE && (
        <aside className="inspector" aria-label={t("build.pipeline")}>
          <header className="row">
            <h2 className="cut grow">{label(now.labels, i18n.language)}</h2>
            <button
              type="button"
              className="plain icon"
              aria-label={t("build.close")}
              onClick={() => setChosen(null)}
            >
              <X size={16} />
            </button>
          </header>
          <div className="settings">
            <Names
              id="pipeline"
              labels={now.labels}
              autoFocus
              onChange={(labels) => change({ ...now, labels }, "labels")}
            />
            <Checkbox
              checked={now.default}
              disabled={pipeline.default}
              onChange={(event) => change({ ...now, default: event.target.checked })}
            >
              {t("build.defaultPipeline")}
            </Checkbox>
          </div>
        </aside>
      )}
      {stage && (
        <StagePanel
          key={stage.key}
          object={object}
          stage={stage}
          count={counts[stage.key] ?? 0}
          isNew={!pipeline.stages.some((one) => one.key === stage.key)}
          only={now.stages.length < 2}
          onChange={(changes) =>
            setStages(
              now.stages.map((one) => (one.key === stage.key ? { ...one, ...changes } : one)),
              "labels" in changes || "hint" in changes ? `${stage.key}.${Object.keys(changes).join()}` : "",
            )
          }
          onMove={(by) => move(place, place + by)}
          onRetire={() => {
            setStages(now.stages.filter((one) => one.key !== stage.key));
            setChosen(null);
          }}
          onClose={() => setChosen(null)}
        />
      )}
    </>
  );
}
