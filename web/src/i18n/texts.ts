/** One file a feature; its name is the first part of the keys: `board.json` holds `board.*`. */
export function texts(files: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(files).map(([path, content]) => [path.replace(/^.*\/|\.json$/g, ""), content]),
  );
}
