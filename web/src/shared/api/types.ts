export interface Labels {
  zh: string;
  en: string;
}

export interface OptionDef {
  key: string;
  labels: Labels;
  active?: boolean;
  color?: string | null;
  kind?: "open" | "won" | "lost";
  probability?: number;
  /** Of a stage: after how many median stays a record in it counts as stale. */
  stale_factor?: number | null;
}

export interface FieldDef {
  key: string;
  type: string;
  kind: string | null;
  labels: Labels;
  help?: Partial<Labels>;
  required: boolean;
  unique?: boolean;
  default: unknown;
  section: string | null;
  on_form: boolean;
  computed: boolean;
  system: boolean;
  level: "hidden" | "masked" | "read" | "write";
  options?: OptionDef[];
  target?: string;
  scale?: number;
  config: Record<string, unknown>;
}

/** One section of an object's form and record page: its fields in order, in one column or two. */
export interface LayoutSection {
  key: string;
  labels: Labels;
  columns: 1 | 2;
  collapsed: boolean;
  fields: string[];
}

/** Where the fields of an object stand; `off` are those that a designer left out knowingly. */
export interface Layout {
  version: number;
  set: boolean;
  sections: LayoutSection[];
  off: string[];
}

export interface ObjectDef {
  key: string;
  labels: Labels;
  plural: Labels;
  icon: string | null;
  name_field: string | null;
  kind: "object" | "lines";
  parent: string | null;
  config: {
    list?: string[];
    form?: string[];
    key_fields?: string[];
    sections?: { key: string; labels: Labels }[];
    /** Which records are still open: what is due, and what goes along when their owner changes. */
    open?: unknown;
  };
  /** Objects have one; tables of lines do not. */
  layout?: Layout | null;
  fields: FieldDef[];
}

export interface Link {
  id: string;
  label: string;
}

export type RecordData = { id: string; version: number } & Record<string, unknown>;

export interface Me {
  user: { id: string; name: string; email: string; locale: string };
  workspace: { name: string; locale: string; time_zone: string; currency: string };
  rights: Record<string, boolean>;
  objects: Record<
    string,
    {
      create: boolean;
      read: string;
      update: string;
      delete: string;
      export: boolean;
      import: boolean;
      bulk: boolean;
      transfer: string;
    }
  >;
}

export interface View {
  id: string;
  key: string | null;
  labels: Labels;
  own: boolean;
  default: boolean;
  shared?: boolean;
  filter: unknown;
  sort: string;
  /** Whether the reader chose it to open first. */
  opens?: boolean;
  settings?: {
    columns?: string[];
    density?: string;
    widths?: Record<string, number>;
    totals?: { op: string; field: string }[];
  };
}
