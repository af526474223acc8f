import {
  AtSign,
  Calculator,
  Calendar,
  CalendarClock,
  CalendarHeart,
  CircleDollarSign,
  Clock,
  GitBranch,
  Hash,
  Image,
  Link2,
  ListChecks,
  ListTodo,
  type LucideIcon,
  MapPin,
  Network,
  Paperclip,
  Percent,
  Phone,
  Rows3,
  Sigma,
  SquareCheck,
  Tags,
  TextAlignStart,
  Type,
  User,
  Users,
  UsersRound,
} from "lucide-react";

/** One setting of a type, as the inspector asks for it. */
export interface Setting {
  name: string;
  ask:
    | "whole"
    | "number"
    | "words"
    | "options"
    | "object"
    | "objects"
    | "choice"
    | "flag"
    | "columns"
    | "relation"
    | "field"
    | "formula";
  choices?: string[];
  /** A setting without which the field cannot be made. */
  needed?: boolean;
}

export interface TypeInfo {
  key: string;
  icon: LucideIcon;
  group: "text" | "number" | "choice" | "link" | "file" | "computed" | "process";
  settings: Setting[];
  unique?: boolean;
  /** Never asked for: filled by the product. */
  computed?: boolean;
}

const RANGE: Setting[] = [
  { name: "min", ask: "number" },
  { name: "max", ask: "number" },
];
const TARGET: Setting = { name: "target", ask: "object", needed: true };
const OPTIONS: Setting = { name: "options", ask: "options", needed: true };

/** Every type of field, in the order and the groups of the palette. */
export const TYPES: TypeInfo[] = [
  {
    key: "text",
    icon: Type,
    group: "text",
    unique: true,
    settings: [
      { name: "max_length", ask: "whole" },
      { name: "format", ask: "choice", choices: ["cn_credit_code", "domain"] },
    ],
  },
  { key: "long_text", icon: TextAlignStart, group: "text", settings: [{ name: "max_length", ask: "whole" }] },
  { key: "phone", icon: Phone, group: "text", unique: true, settings: [] },
  { key: "email", icon: AtSign, group: "text", unique: true, settings: [] },
  { key: "url", icon: Link2, group: "text", settings: [] },
  {
    key: "number",
    icon: Hash,
    group: "number",
    settings: [{ name: "scale", ask: "whole" }, ...RANGE, { name: "unit", ask: "words" }],
  },
  { key: "money", icon: CircleDollarSign, group: "number", settings: RANGE },
  { key: "percent", icon: Percent, group: "number", settings: RANGE },
  { key: "duration", icon: Clock, group: "number", settings: [] },
  { key: "date", icon: Calendar, group: "number", settings: [] },
  { key: "datetime", icon: CalendarClock, group: "number", settings: [] },
  { key: "month_day", icon: CalendarHeart, group: "number", settings: [] },
  { key: "select", icon: ListTodo, group: "choice", settings: [OPTIONS] },
  { key: "multi_select", icon: ListChecks, group: "choice", settings: [OPTIONS] },
  { key: "boolean", icon: SquareCheck, group: "choice", settings: [] },
  { key: "tags", icon: Tags, group: "choice", settings: [] },
  { key: "region", icon: MapPin, group: "choice", settings: [] },
  { key: "relation", icon: Link2, group: "link", settings: [TARGET] },
  { key: "relation_many", icon: Network, group: "link", settings: [TARGET] },
  { key: "relation_any", icon: GitBranch, group: "link", settings: [{ name: "objects", ask: "objects" }] },
  { key: "user", icon: User, group: "link", settings: [] },
  { key: "users", icon: Users, group: "link", settings: [] },
  { key: "team", icon: UsersRound, group: "link", settings: [] },
  {
    key: "line_items",
    icon: Rows3,
    group: "link",
    settings: [{ name: "fields", ask: "columns", needed: true }],
  },
  { key: "file", icon: Paperclip, group: "file", settings: [] },
  { key: "image", icon: Image, group: "file", settings: [] },
  {
    key: "formula",
    icon: Calculator,
    group: "computed",
    computed: true,
    settings: [
      { name: "expression", ask: "formula", needed: true },
      {
        name: "result",
        ask: "choice",
        choices: ["number", "money", "percent", "text", "boolean", "date", "datetime"],
        needed: true,
      },
    ],
  },
  {
    key: "roll_up",
    icon: Sigma,
    group: "computed",
    computed: true,
    settings: [
      { name: "object", ask: "object", needed: true },
      { name: "relation", ask: "relation", needed: true },
      { name: "op", ask: "choice", choices: ["count", "sum", "min", "max", "avg"], needed: true },
      { name: "field", ask: "field" },
    ],
  },
  {
    key: "auto_number",
    icon: Hash,
    group: "computed",
    computed: true,
    settings: [{ name: "format", ask: "words" }],
  },
];

export const GROUPS = ["text", "number", "choice", "link", "file", "computed"] as const;

const OTHER: TypeInfo = { key: "other", icon: Hash, group: "process", settings: [], computed: true };

export const typeInfo = (key: string): TypeInfo => TYPES.find((one) => one.key === key) ?? OTHER;

/** Types that a field of this one may become: only plain values convert. */
export const CONVERTIBLE = [
  "text",
  "long_text",
  "number",
  "money",
  "percent",
  "boolean",
  "date",
  "datetime",
  "select",
  "multi_select",
  "tags",
  "email",
  "phone",
  "url",
];
