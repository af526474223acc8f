import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useCallback, useEffect, useRef, useState } from "react";
import { ApiProblem, api } from "@/shared/api/client";
import type { OptionDef } from "@/shared/api/types";
import type { Designed } from "./api";
import { cleanOptions } from "./cleaned";
import { type Operation, pushed, redone, type Steps, undone } from "./draft";

interface Kept extends Steps {
  revision: number;
  saved_at: string;
  saved_by: { id: string; label: string | null };
  stale: boolean;
}

interface Answer {
  version: number;
  draft: Kept | null;
}

/** Steps as the server keeps them: without options that have no name yet. */
function sent({ operations, position }: Steps): Steps {
  const clean = (settings: Record<string, unknown>) =>
    Array.isArray(settings.options)
      ? { ...settings, options: cleanOptions(settings.options as OptionDef[]) }
      : settings;
  return {
    position,
    operations: operations.map((one) => {
      if (one.op === "add") return { ...one, field: clean(one.field) };
      return one.op === "change" ? { ...one, changes: clean(one.changes) } : one;
    }),
  };
}

export type Saving = "saved" | "saving" | "failed" | "clash";
const WAIT_MS = 500;

/** The draft of an object: its steps, undone and redone here, kept on the server a moment after each change. */
export function useDraft(object: Designed) {
  const queries = useQueryClient();
  const path = `/objects/${object.key}/draft` as const;
  const found = useQuery({ queryKey: ["draft", object.key], queryFn: () => api<Answer>(path), staleTime: 0 });
  const [steps, setSteps] = useState<Steps>({ operations: [], position: 0 });
  const [saving, setSaving] = useState<Saving>("saved");
  const [kept, setKept] = useState<Kept | null>(null);
  const revision = useRef(0);
  const begun = useRef(false);
  const wanted = useRef<Steps | null>(null);
  const busy = useRef(false);

  const take = useCallback((draft: Kept | null) => {
    revision.current = draft?.revision ?? 0;
    setKept(draft);
    setSteps(
      draft ? { operations: draft.operations, position: draft.position } : { operations: [], position: 0 },
    );
    setSaving("saved");
    wanted.current = null;
  }, []);
  useEffect(() => {
    if (!found.data || begun.current) return;
    begun.current = true;
    take(found.data.draft);
  }, [found.data, take]);

  const send = useCallback(async () => {
    if (busy.current) return;
    busy.current = true;
    while (wanted.current) {
      const steps: Steps = wanted.current;
      wanted.current = null;
      setSaving("saving");
      try {
        const answer = await api<Answer>(path, {
          method: "PUT",
          body: sent(steps),
          version: revision.current,
        });
        revision.current = answer.draft?.revision ?? 0;
        setKept(answer.draft);
        setSaving("saved");
      } catch (problem) {
        wanted.current ??= steps;
        setSaving(problem instanceof ApiProblem && problem.body.status === 412 ? "clash" : "failed");
        break;
      }
    }
    busy.current = false;
  }, [path]);

  const timer = useRef<number>(undefined);
  const set = useCallback(
    (next: Steps) => {
      setSteps(next);
      wanted.current = next;
      setSaving("saving");
      window.clearTimeout(timer.current);
      timer.current = window.setTimeout(send, WAIT_MS);
    },
    [send],
  );
  // What was typed in the last half second goes along when the screen is left.
  useEffect(
    () => () => {
      window.clearTimeout(timer.current);
      if (wanted.current) void send();
    },
    [send],
  );

  const settle = async () => {
    window.clearTimeout(timer.current);
    await send();
  };
  return {
    steps,
    saving,
    kept,
    version: found.data?.version ?? 1,
    ready: found.data !== undefined,
    error: found.error,
    revision: () => revision.current,
    push: (...more: Operation[]) => set(pushed(steps, more)),
    undo: () => set({ ...steps, position: undone(steps) }),
    redo: () => set({ ...steps, position: redone(steps) }),
    retry: settle,
    settle,
    /** Take what the server has, in the place of what is here. */
    reload: async () => {
      const answer = await api<Answer>(path);
      queries.setQueryData(["draft", object.key], answer);
      take(answer.draft);
    },
    discard: async () => {
      window.clearTimeout(timer.current);
      wanted.current = null;
      await api(path, { method: "DELETE" });
      take(null);
    },
  };
}

export type DraftState = ReturnType<typeof useDraft>;
