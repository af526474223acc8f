/** How two texts are compared without regard to case and width: `fold` of src/dealwright/foundation/textfold.py. */
const RANGES: [number, number][] = [
  [0x41, 0x5b],
  [0xc0, 0x180],
  [0x370, 0x400],
  [0x400, 0x530],
];
const LOWER = new Map<string, string>();
for (const [start, end] of RANGES) {
  for (let code = start; code < end; code++) {
    const ch = String.fromCharCode(code);
    const lower = ch.toLowerCase();
    if (lower.length === 1 && lower !== ch && ch.normalize("NFKC") === ch) LOWER.set(ch, lower);
  }
}

export function fold(text: string): string {
  let found = "";
  for (const ch of text.normalize("NFKC")) found += LOWER.get(ch) ?? ch;
  return found;
}
