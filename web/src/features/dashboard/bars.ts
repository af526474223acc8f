/** One mark of a chart: what it is called, how long it is, and the condition of the records behind it. */
export interface Bar {
  key: string;
  text: string;
  value: number;
  count: number;
  filter: unknown;
  tone?: "plain" | "good" | "late" | "rest";
}
