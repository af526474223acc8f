import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { closingFields } from "@/features/records/process";
import { useMove } from "@/features/records/useMove";
import { useSave } from "@/features/records/useSave";
import type { ObjectDef, OptionDef, RecordData } from "@/shared/api/types";
import { type Asked, fetchCards, place } from "./cards";
import { kindOf } from "./model";

export interface Step {
  record: RecordData;
  stage: OptionDef;
}
export interface Failed extends Step {
  problem: unknown;
}

/**
 * Moves of cards. The server decides: a card is shown on its way until it has, and then stands there, or is back with
 * the reason: what is missing (`refused`), who was faster (`conflict`), or what went wrong (`failed`).
 */
export function useMoves(object: ObjectDef, asked: Asked, onMoved: (step: Step) => void) {
  const queries = useQueryClient();
  const { save, decide, conflict, dropConflict, refresh } = useSave(object);
  const [failed, setFailed] = useState<Failed | null>(null);
  const [closing, setClosing] = useState<Step | null>(null);
  const [step, setStep] = useState<Step | null>(null);
  const [busy, setBusy] = useState(false);
  const staged = asked.group.type === "stage";
  const { move, moving, refused, putBack } = useMove(object, save, (problem) => {
    setFailed((before) => before && { ...before, problem });
  });
  /** The card as the board keeps it, after a save that answered the whole record. */
  const settle = async (saved: RecordData, done: Step) => {
    const shown = Object.fromEntries(Object.entries(saved).filter(([key]) => keeps(asked, key)));
    place(queries, asked, { ...done.record, ...shown, id: saved.id, version: saved.version });
    onMoved(done);
    const [fresh] = await fetchCards(asked, [saved.id]).catch(() => []);
    if (fresh) place(queries, asked, fresh);
  };
  const send = async (next: Step, values: Record<string, unknown> = {}) => {
    setStep(next);
    setFailed({ ...next, problem: null });
    if (staged) {
      const saved = await move(next.record, next.stage, values, "board");
      if (saved) await settle(saved, next);
    } else {
      setBusy(true);
      try {
        const wanted = next.stage.key === "" ? null : next.stage.key;
        const saved = await save(next.record, { ...values, [asked.group.key]: wanted }, { channel: "board" });
        if (saved) await settle(saved, next);
      } catch (problem) {
        setFailed({ ...next, problem });
        return;
      } finally {
        setBusy(false);
      }
    }
    setFailed((now) => (now?.problem ? now : null));
  };
  const go = async (record: RecordData, stage: OptionDef) => {
    if ((record[asked.group.key] ?? "") === stage.key) return;
    putBack();
    dropConflict();
    if (staged && kindOf(stage) !== "open" && closingFields(object, kindOf(stage)).length > 0) {
      setClosing({ record, stage });
      return;
    }
    await send({ record, stage });
  };
  return {
    go,
    /** What was missing, filled in. */
    fill: (values: Record<string, unknown>) => refused && step && send(step, values),
    refused,
    putBack,
    failed: failed?.problem ? failed : null,
    retry: () => failed && send(failed),
    giveUp: () => setFailed(null),
    /** Somebody was faster: what the card says now, and who. */
    conflict: conflict && step ? { ...step, latest: conflict.latest, who: conflict.who } : null,
    insist: async () => {
      if (!conflict || !step) return;
      const value = step.stage.key === "" ? null : step.stage.key;
      const saved = await decide({ [asked.group.key]: value }, { channel: "board" });
      if (saved) await settle(saved, step);
    },
    accept: async () => {
      if (!conflict || !step) return;
      dropConflict();
      const [fresh] = await fetchCards(asked, [step.record.id]).catch(() => []);
      if (fresh) place(queries, asked, fresh);
    },
    closing,
    stopClosing: () => setClosing(null),
    closed: async (saved: RecordData) => {
      const done = closing;
      setClosing(null);
      if (done) await settle(saved, done);
      await refresh();
    },
    refresh,
    /** On its way at this moment. */
    moving: (moving || busy) && step ? step : null,
  };
}

const keeps = (asked: Asked, key: string) =>
  asked.fields.includes(key.replace(/_currency$/, "")) || key === asked.group.key;
