import type { Labels, LayoutSection } from "@/shared/api/types";

/** A place in a layout: before the field at `index` of a section; the section's length for its end. */
export interface Place {
  section: string;
  index: number;
}

/** A layout with a field put into a place, taken from where it stood. */
export function put(sections: LayoutSection[], field: string, place: Place): LayoutSection[] {
  return sections.map((section) => {
    const at = section.fields.indexOf(field);
    const fields = section.fields.filter((key) => key !== field);
    if (section.key !== place.section) return at < 0 ? section : { ...section, fields };
    const index = at >= 0 && at < place.index ? place.index - 1 : place.index;
    return { ...section, fields: [...fields.slice(0, index), field, ...fields.slice(index)] };
  });
}

/** A layout without a field. */
export const takeOut = (sections: LayoutSection[], field: string): LayoutSection[] =>
  sections.map((section) =>
    section.fields.includes(field)
      ? { ...section, fields: section.fields.filter((key) => key !== field) }
      : section,
  );

/** Where a field stands, or undefined. */
export function placeOf(sections: LayoutSection[], field: string): Place | undefined {
  for (const section of sections) {
    const index = section.fields.indexOf(field);
    if (index >= 0) return { section: section.key, index };
  }
  return undefined;
}

/** A layout with a field one place up or down, over the edge into the section before or after. */
export function step(sections: LayoutSection[], field: string, by: -1 | 1): LayoutSection[] {
  const here = placeOf(sections, field);
  if (!here) return sections;
  const at = sections.findIndex((section) => section.key === here.section);
  const size = sections[at]?.fields.length ?? 0;
  const index = here.index + by;
  if (index >= 0 && index < size)
    return put(sections, field, { section: here.section, index: by > 0 ? index + 1 : index });
  const other = sections[at + by];
  if (!other) return sections;
  return put(sections, field, { section: other.key, index: by > 0 ? 0 : other.fields.length });
}

/** A layout with a section moved to stand at `index` of the present order. */
export function moveSection(sections: LayoutSection[], key: string, index: number): LayoutSection[] {
  const at = sections.findIndex((section) => section.key === key);
  const section = sections[at];
  if (!section) return sections;
  const rest = sections.filter((one) => one.key !== key);
  const to = at < index ? index - 1 : index;
  return [...rest.slice(0, to), section, ...rest.slice(to)];
}

/** A layout with an empty section at its end; its key is one that no other has. */
export function withSection(sections: LayoutSection[], labels: Labels): LayoutSection[] {
  const taken = new Set(sections.map((section) => section.key));
  let number = sections.length + 1;
  while (taken.has(`section_${number}`)) number += 1;
  return [...sections, { key: `section_${number}`, labels, columns: 2, collapsed: false, fields: [] }];
}

/** A layout without a section; its fields go to the end of the one before it, or of the one after. */
export function withoutSection(sections: LayoutSection[], key: string): LayoutSection[] {
  const at = sections.findIndex((section) => section.key === key);
  const gone = sections[at];
  const heir = sections[at - 1] ?? sections[at + 1];
  if (!gone || !heir) return sections;
  return sections
    .filter((section) => section.key !== key)
    .map((section) =>
      section.key === heir.key ? { ...section, fields: [...section.fields, ...gone.fields] } : section,
    );
}

/** What lies under the pointer while something is dragged, in words: where it would land. */
export type Over =
  | { kind: "tile"; section: string; index: number }
  | { kind: "end"; section: string; index: number }
  | { kind: "section"; section: string; index: number };
