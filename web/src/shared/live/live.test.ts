import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { add, concerns, emptyBatch } from "./queries";
import { type LiveEvent, LiveStream } from "./stream";

class FakeSource extends EventTarget {
  readyState = 1;
  closed = false;
  onerror: (() => void) | null = null;
  constructor(readonly url: string) {
    super();
  }
  close() {
    this.closed = true;
  }
  say(name: string, data: unknown, lastEventId = "") {
    this.dispatchEvent(new MessageEvent(name, { data: JSON.stringify(data), lastEventId }));
  }
}

let opened: FakeSource[];
let page: { visibilityState: string } & EventTarget;
const stream = () =>
  new LiveStream(page as unknown as Document, (url) => {
    opened.push(new FakeSource(url));
    return opened.at(-1) as unknown as EventSource;
  });
const look = (state: string) => {
  page.visibilityState = state;
  page.dispatchEvent(new Event("visibilitychange"));
};

beforeEach(() => {
  vi.useFakeTimers();
  opened = [];
  page = Object.assign(new EventTarget(), { visibilityState: "visible" });
});
afterEach(() => vi.useRealTimers());

describe("the stream of a tab", () => {
  it("is opened once for all who listen, and closed with the last of them", () => {
    const one = stream();
    const heard: LiveEvent[] = [];
    const first = one.listen((event) => heard.push(event));
    const second = one.listen((event) => heard.push(event));
    opened[0]?.say("record", { object: "deal", id: "1", kind: "update" });
    expect(opened).toHaveLength(1);
    expect(heard).toEqual([
      { type: "record", object: "deal", id: "1", kind: "update" },
      { type: "record", object: "deal", id: "1", kind: "update" },
    ]);
    first();
    expect(opened[0]?.closed).toBe(false);
    second();
    expect(opened[0]?.closed).toBe(true);
    expect(one.state).toBe("off");
  });

  it("rests in a tab that nobody looks at, and goes on from its last event", () => {
    const one = stream();
    one.listen(() => {});
    opened[0]?.say("changed", { object: "deal" }, "0192-last");
    look("hidden");
    vi.advanceTimersByTime(29_000);
    expect(opened[0]?.closed).toBe(false);
    vi.advanceTimersByTime(2_000);
    expect(opened[0]?.closed).toBe(true);
    look("visible");
    expect(opened[1]?.url).toBe("/api/v1/stream?last=0192-last");
  });

  it("is tried again after a refusal, each time later", () => {
    const one = stream();
    one.listen(() => {});
    const refuse = () => {
      const source = opened.at(-1);
      if (source) source.readyState = 2;
      source?.onerror?.();
    };
    refuse();
    vi.advanceTimersByTime(2_000);
    expect(opened).toHaveLength(2);
    refuse();
    vi.advanceTimersByTime(2_000);
    expect(opened).toHaveLength(2);
    vi.advanceTimersByTime(2_000);
    expect(opened).toHaveLength(3);
  });

  it("says whether it is live", () => {
    const one = stream();
    const told = vi.fn();
    one.watch(told);
    one.listen(() => {});
    expect(one.state).toBe("waiting");
    opened[0]?.say("ready", {});
    expect(one.state).toBe("live");
    opened[0]?.onerror?.();
    expect(one.state).toBe("waiting");
    expect(told).toHaveBeenCalledTimes(3);
  });
});

describe("what an event makes stale", () => {
  const batch = emptyBatch();
  add(batch, { type: "record", object: "deal", id: "1", kind: "update" });
  const many = emptyBatch();
  add(many, { type: "changed", object: "deal" });
  it.each([
    [["record", "deal", "1"], true, true],
    [["record", "deal", "2"], false, true],
    [["record", "account", "1"], false, false],
    [["list", "deal", {}], true, true],
    [["aggregate", "account", {}], false, false],
    [["board", "deal", "won"], true, true],
    [["desk"], true, true],
    [["timeline", "account", "9"], true, true],
    [["me"], false, false],
    [["objects"], false, false],
    [["notices"], false, false],
  ])("%j", (key, single, all) => {
    expect([concerns(batch, key), concerns(many, key)]).toEqual([single, all]);
  });
  it("a notice refreshes the notices only", () => {
    const told = emptyBatch();
    add(told, { type: "notice", id: "1" });
    expect([concerns(told, ["notices"]), concerns(told, ["list", "deal"])]).toEqual([true, false]);
  });
});
