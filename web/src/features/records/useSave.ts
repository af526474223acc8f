import { useQueryClient } from "@tanstack/react-query";
import { useRef, useState } from "react";
import { ApiProblem, api, query } from "@/shared/api/client";
import type { Link, ObjectDef, RecordData } from "@/shared/api/types";
import { type Clash, changesOf, clashesOf, sendable, type Values } from "./model";

export interface Conflict {
  clashes: Clash[];
  /** All that was typed; of it the clashing fields wait for a decision. */
  mine: Values;
  latest: RecordData;
  who: string;
}

interface Options {
  channel?: "form" | "board" | "api";
  reason?: string;
}

/** The record as it is, and who saved it last. */
async function latestOf(object: string, id: string): Promise<[RecordData, string]> {
  const latest = await api<RecordData>(`/records/${object}/${id}`);
  return [latest, (latest.modified_by as Link | null)?.label ?? ""];
}

/**
 * Saves changes of a record against the version that was read. When somebody saved first, changes that do not touch
 * the same fields go through on top of theirs; for the rest a `conflict` waits to be decided field by field.
 */
export function useSave(object: ObjectDef) {
  const queries = useQueryClient();
  const [conflict, show] = useState<Conflict | null>(null);
  // What waits is known at once, not only when the screen has been drawn again.
  const waiting = useRef<Conflict | null>(null);
  const setConflict = (next: Conflict | null) => {
    waiting.current = next;
    show(next);
  };
  const send = (id: string, version: number, values: Values, options: Options) =>
    api<RecordData>(
      `/records/${object.key}/${id}${query({ channel: options.channel ?? "form", reason: options.reason })}`,
      { method: "PATCH", body: sendable(values), version },
    );
  const refresh = async (saved?: RecordData) => {
    if (saved) queries.setQueryData(["record", object.key, saved.id], saved);
    const names = ["timeline", "path", "list", "aggregate", "board", "related"];
    await Promise.all(names.map((name) => queries.invalidateQueries({ queryKey: [name] })));
  };
  /** The saved record, or null when a conflict has to be decided first. Throws the server's refusals. */
  const save = async (
    record: RecordData,
    values: Values,
    options: Options = {},
  ): Promise<RecordData | null> => {
    let base = record;
    for (let tries = 0; ; tries += 1) {
      try {
        const saved = await send(record.id, base.version, values, options);
        setConflict(null);
        await refresh(saved);
        return saved;
      } catch (problem) {
        if (!(problem instanceof ApiProblem) || problem.body.status !== 412 || tries > 3) throw problem;
        const [latest, who] = await latestOf(object.key, record.id);
        const clashes = clashesOf(object, record, values, latest);
        if (clashes.length > 0) {
          setConflict({ clashes, mine: values, latest, who });
          return null;
        }
        base = latest;
      }
    }
  };
  /** Save what was decided: the fields to keep of the clashing ones, and all that nobody else touched. */
  const decide = async (kept: Values, options: Options = {}): Promise<RecordData | null> => {
    if (!waiting.current) return null;
    const { latest, mine, clashes } = waiting.current;
    const asked = new Set(clashes.map((one) => one.field.key));
    const rest = Object.fromEntries(Object.entries(mine).filter(([key]) => !asked.has(key)));
    const values = changesOf(latest, { ...rest, ...kept });
    if (Object.keys(values).length === 0) {
      setConflict(null);
      await refresh(latest);
      return latest;
    }
    return save(latest, values, options);
  };
  return { save, decide, conflict, waiting, dropConflict: () => setConflict(null), refresh };
}
