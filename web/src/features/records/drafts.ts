/** What was typed into a form and not saved yet, kept by the browser until it is saved or thrown away. */
import type { Values } from "./model";

const address = (object: string, id: string | undefined, part: string) =>
  `dealwright.draft.${object}.${id ?? "new"}${part ? `.${part}` : ""}`;

export function readDraft(object: string, id: string | undefined, part: string): Values | null {
  try {
    const found = JSON.parse(sessionStorage.getItem(address(object, id, part)) ?? "null");
    return found && typeof found === "object" && Object.keys(found).length ? found : null;
  } catch {
    return null;
  }
}

export function keepDraft(object: string, id: string | undefined, part: string, values: Values): void {
  try {
    if (Object.keys(values).length === 0) sessionStorage.removeItem(address(object, id, part));
    else sessionStorage.setItem(address(object, id, part), JSON.stringify(values));
  } catch {
    // A full or forbidden storage costs only the safety net, never the typing.
  }
}
