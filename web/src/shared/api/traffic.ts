/** What the shell says about the connection: saves under way, when the server last answered, whether it can be reached. */

export interface Traffic {
  saving: number;
  reachable: boolean;
}

let state: Traffic = { saving: 0, reachable: true };
const listeners = new Set<() => void>();

function set(next: Partial<Traffic>): void {
  const merged = { ...state, ...next };
  if (merged.saving === state.saving && merged.reachable === state.reachable) return;
  state = merged;
  for (const tell of listeners) tell();
}

export const traffic = {
  current: () => state,
  subscribe: (tell: () => void) => {
    listeners.add(tell);
    return () => listeners.delete(tell);
  },
  began: (isSave: boolean) => isSave && set({ saving: state.saving + 1 }),
  /** An answer that was under way when the browser went off line does not mean that the next one will come. */
  ended: (isSave: boolean, answered: boolean) =>
    set({ saving: state.saving - (isSave ? 1 : 0), reachable: answered && navigator.onLine }),
  /** The browser itself says that it went on or off line. */
  network: (online: boolean) => set({ reachable: online }),
};
