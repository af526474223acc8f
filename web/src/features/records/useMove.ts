import { useState } from "react";
import { ApiProblem, api } from "@/shared/api/client";
import type { Labels, ObjectDef, RecordData } from "@/shared/api/types";
import { hintOf, missingOf, type Values } from "./model";
import { demands, pipelineOf, usePipelines } from "./process";
import type { Refused } from "./Refusal";
import type { useSave } from "./useSave";

type Save = ReturnType<typeof useSave>["save"];

/** All that is known of the record, so that what is met already can be shown; a card holds only a few fields. */
const wholeOf = (object: ObjectDef, record: RecordData) =>
  api<RecordData>(`/records/${object.key}/${record.id}`).catch(() => record);

/** Moving a record to a stage: the server decides; a refusal is kept with what is missing, to be filled in there. */
export function useMove(object: ObjectDef, save: Save, onProblem: (problem: unknown) => void) {
  const pipelines = usePipelines(object.key);
  const stageField = object.fields.find((one) => one.type === "stage");
  const [refused, setRefused] = useState<Refused | null>(null);
  const [moving, setMoving] = useState<{ id: string; to: string } | null>(null);
  const move = async (
    record: RecordData,
    stage: { key: string; labels: Labels },
    values: Values = {},
    channel: "form" | "board" = "form",
  ): Promise<RecordData | null> => {
    if (!stageField) return null;
    setMoving({ id: record.id, to: stage.key });
    try {
      const saved = await save(record, { ...values, [stageField.key]: stage.key }, { channel });
      setRefused(null);
      return saved;
    } catch (problem) {
      if (!(problem instanceof ApiProblem)) throw problem;
      const pipeline = pipelineOf(pipelines, object, record);
      const wanted = demands(pipeline, String(record[stageField.key] ?? ""), stage.key);
      if (problem.body.code === "STAGE_REFUSED")
        setRefused({
          record: await wholeOf(object, record),
          stage,
          missing: missingOf(problem.body),
          wanted,
          hint: hintOf(problem.body),
        });
      else if (refused?.record.id === record.id && problem.body.errors.length > 0)
        setRefused({ ...refused, problems: problem.byField });
      else onProblem(problem);
      return null;
    } finally {
      setMoving(null);
    }
  };
  return { move, moving, refused, putBack: () => setRefused(null), pipelines };
}
