/**
 * What was typed into a form and not saved yet. The browser keeps it across a closed tab, for its writer alone, until it
 * is saved, thrown away, a week old, or the writer signs out.
 */
import type { Values } from "./model";

/** Whose draft, and of what: a record or a new one, the whole form or a part of it. */
export interface Place {
  user: string;
  object: string;
  id?: string;
  part: string;
}

const PREFIX = "dealwright.draft.";
const WEEK = 7 * 86_400_000;

const address = ({ user, object, id, part }: Place) =>
  `${PREFIX}${user}.${object}.${id ?? "new"}${part ? `.${part}` : ""}`;

const isOld = (at: unknown, now: number) => typeof at !== "number" || now - at > WEEK || at > now + 60_000;

/** Takes away drafts that are too old, of anybody; a shared computer does not keep them. */
function sweep(now: number): void {
  for (const key of Object.keys(localStorage)) {
    if (!key.startsWith(PREFIX)) continue;
    try {
      if (!isOld(JSON.parse(localStorage.getItem(key) ?? "").at, now)) continue;
    } catch {
      // What cannot be read is of no use either.
    }
    localStorage.removeItem(key);
  }
}

export function readDraft(place: Place, now = Date.now()): Values | null {
  try {
    sweep(now);
    const found = JSON.parse(localStorage.getItem(address(place)) ?? "null")?.values;
    return found && typeof found === "object" && Object.keys(found).length ? found : null;
  } catch {
    return null;
  }
}

/** Keeps what is typed; nothing typed takes the draft away. */
export function keepDraft(place: Place, values: Values, now = Date.now()): void {
  try {
    if (Object.keys(values).length === 0) localStorage.removeItem(address(place));
    else localStorage.setItem(address(place), JSON.stringify({ at: now, values }));
  } catch {
    // A full or forbidden storage costs only the safety net, never the typing.
  }
}

/** Takes away all drafts of a person, as when they sign out. */
export function clearDrafts(user: string): void {
  try {
    for (const key of Object.keys(localStorage))
      if (key.startsWith(`${PREFIX}${user}.`)) localStorage.removeItem(key);
  } catch {
    // Where nothing can be stored there is nothing to take away.
  }
}
