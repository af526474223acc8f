/**
 * One open stream of events for the whole tab (server-sent events). It is open while somebody listens and the tab is
 * looked at: a browser allows few connections to one server, and ten forgotten tabs would use them up.
 */

import { API } from "@/shared/api/client";

/** A record that was made, changed, deleted or put back; "gone": it was yours and you do not see it any more. */
export interface RecordEvent {
  object: string;
  id: string;
  version?: number;
  kind: "create" | "update" | "delete" | "restore" | "gone";
  by?: { id: string; label: string } | null;
}

export type LiveEvent =
  | ({ type: "record" } & RecordEvent)
  /** So much changed that it is not told one by one: ask again for what you show of this object. */
  | { type: "changed"; object: string }
  | { type: "notice"; id: string };

export type LiveState = "off" | "waiting" | "live";
type Listener = (event: LiveEvent) => void;

const NAMES = ["record", "changed", "notice"] as const;
const HIDDEN_FOR_MS = 30_000;
const FIRST_WAIT_MS = 2_000;
const LONGEST_WAIT_MS = 60_000;

export class LiveStream {
  private source: EventSource | null = null;
  private last = "";
  private wait = FIRST_WAIT_MS;
  private retry: ReturnType<typeof setTimeout> | undefined;
  private hiding: ReturnType<typeof setTimeout> | undefined;
  private listeners = new Set<Listener>();
  private watchers = new Set<() => void>();
  state: LiveState = "off";

  constructor(
    private readonly page: Document = document,
    private readonly make: (url: string) => EventSource = (url) => new EventSource(url),
  ) {}

  /** Hear every event until the answer is called. */
  listen(listener: Listener): () => void {
    this.listeners.add(listener);
    if (this.listeners.size === 1) this.page.addEventListener("visibilitychange", this.looked);
    this.open();
    return () => {
      this.listeners.delete(listener);
      if (this.listeners.size === 0) {
        this.page.removeEventListener("visibilitychange", this.looked);
        this.close("off");
      }
    };
  }

  /** Be told when `state` changes. */
  watch = (tell: () => void): (() => void) => {
    this.watchers.add(tell);
    return () => this.watchers.delete(tell);
  };

  private looked = () => {
    clearTimeout(this.hiding);
    if (this.page.visibilityState === "visible") this.open();
    else this.hiding = setTimeout(() => this.close("waiting"), HIDDEN_FOR_MS);
  };

  private set(state: LiveState) {
    if (state === this.state) return;
    this.state = state;
    for (const tell of this.watchers) tell();
  }

  private open() {
    if (this.source || this.listeners.size === 0 || this.page.visibilityState !== "visible") return;
    clearTimeout(this.retry);
    this.set("waiting");
    // A browser sends Last-Event-ID by itself only on its own second try, not to a new EventSource.
    const source = this.make(`${API}/stream${this.last ? `?last=${this.last}` : ""}`);
    this.source = source;
    source.addEventListener("ready", () => {
      this.wait = FIRST_WAIT_MS;
      this.set("live");
    });
    for (const name of NAMES)
      source.addEventListener(name, (message) => {
        const { data, lastEventId } = message as MessageEvent<string>;
        if (lastEventId) this.last = lastEventId;
        const event = { type: name, ...JSON.parse(data) } as LiveEvent;
        for (const tell of [...this.listeners]) tell(event);
      });
    source.onerror = () => {
      this.set("waiting");
      // The browser tries again by itself after a break, but not after a refusal (signed out, too many streams).
      if (source.readyState !== 2) return;
      this.close("waiting");
      this.retry = setTimeout(() => this.open(), this.wait);
      this.wait = Math.min(this.wait * 2, LONGEST_WAIT_MS);
    };
  }

  private close(state: LiveState) {
    clearTimeout(this.retry);
    clearTimeout(this.hiding);
    this.source?.close();
    this.source = null;
    this.set(state);
  }
}

export const live = new LiveStream();
