/** The list that a record was opened from, so that one can go on to the next without going back. */
const address = (object: string) => `dealwright.walk.${object}`;

export function keepWalk(object: string, ids: string[], total: number, from = 0): void {
  try {
    sessionStorage.setItem(address(object), JSON.stringify({ ids: ids.slice(0, 2000), total, from }));
  } catch {
    // Without it the record page has no next and previous, and all else works.
  }
}

export interface Place {
  at: number;
  total: number;
  before?: string;
  after?: string;
}

export function placeOf(object: string, id: string): Place | null {
  try {
    const {
      ids,
      total,
      from = 0,
    } = JSON.parse(sessionStorage.getItem(address(object)) ?? "null") as {
      ids: string[];
      total: number;
      from?: number;
    };
    const at = ids.indexOf(id);
    return at < 0
      ? null
      : {
          at: from + at + 1,
          total: Math.max(total, from + ids.length),
          before: ids[at - 1],
          after: ids[at + 1],
        };
  } catch {
    return null;
  }
}
