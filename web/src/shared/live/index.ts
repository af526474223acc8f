export { useLiveQueries } from "./queries";
export type { LiveEvent, LiveState, RecordEvent } from "./stream";
export { useLive, useLiveEvents, useRecordEvents } from "./useLive";
