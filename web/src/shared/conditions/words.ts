/** The tree as a sentence, the twin of src/dealwright/conditions/words.py. */
import en from "@/i18n/en/condition.json";
import zh from "@/i18n/zh-CN/condition.json";
import {
  type Condition,
  type FieldShape,
  type Fields,
  isLeaf,
  type Leaf,
  type Part,
  type Period,
} from "./shapes";

/** Names of records, people, teams and regions by id; undefined when they are not known here. */
export type NameOf = (leaf: Leaf, id: string) => string | undefined;

const SHOWN = 5;
const EITHER = ["in", "not_in", "contains_any", "contains_none"];

/**
 * Parts of a sentence ([] when every record matches). `zone`: where date-times are shown. A value given as a record
 * is read ({id, label}) says its own label.
 */
export function words(
  condition: Condition,
  fields: Fields,
  locale: string,
  nameOf: NameOf = () => undefined,
  zone?: string,
): Part[] {
  return new Words(fields, locale.startsWith("zh") ? "zh" : "en", nameOf, zone).node(condition, true);
}

/** One condition in three pieces: what is asked of, how, and for what. `value` is "" where the operator needs none. */
export interface LeafWords {
  name: string;
  op: string;
  value: string;
}

export function leafWords(
  leaf: Leaf,
  fields: Fields,
  locale: string,
  nameOf: NameOf = () => undefined,
  zone?: string,
): LeafWords {
  return new Words(fields, locale.startsWith("zh") ? "zh" : "en", nameOf, zone).pieces(leaf);
}

/** An operator by itself, as a menu shows it. */
export const operatorWords = (op: string, kind: string, locale: string): string =>
  leafWords({ field: "", op, value: [null, null] }, () => ({ kind, labels: { zh: "", en: "" } }), locale).op;

/** A period or a group of people by itself, as a menu shows it. */
export const valueWords = (value: Period | { who: string }, locale: string): string =>
  leafWords({ field: "", op: "in", value: [value] }, () => undefined, locale).value;

/** The sentence as plain text. */
export const sentence = (parts: Part[]) => parts.map((part) => part.text).join("");

class Words {
  private texts: Record<string, string>;

  constructor(
    private fields: Fields,
    private language: "zh" | "en",
    private nameOf: NameOf,
    private zone?: string,
  ) {
    this.texts = language === "zh" ? zh : en;
  }

  say(code: string, blanks: Record<string, unknown> = {}): string {
    return (this.texts[code] ?? code).replace(/\{\{(\w+)\}\}/g, (_, name: string) =>
      String(blanks[name] ?? ""),
    );
  }

  plain = (text: string): Part => ({ text, strong: false });

  node(node: Condition, top: boolean): Part[] {
    if (isLeaf(node)) return this.leaf(node);
    if ("not" in node) {
      return this.joined([
        [this.plain(this.say("WORDS_NOT_OPEN"))],
        this.node(node.not as Condition, true),
        [this.plain(this.say("WORDS_CLOSE"))],
      ]);
    }
    const isAny = "any" in node;
    const nodes = ((isAny ? node.any : node.all) as Condition[] | undefined) ?? [];
    if (nodes.length === 0) return isAny ? [{ text: this.say("WORDS_NOTHING"), strong: true }] : [];
    const joint = [this.plain(this.say(isAny ? "WORDS_OR" : "WORDS_AND"))];
    const groups: Part[][] = [];
    for (const inner of nodes) {
      const said = this.node(inner, nodes.length === 1 && top);
      if (said.length) groups.push(...(groups.length ? [joint, said] : [said]));
    }
    const found = this.joined(groups);
    if (nodes.length < 2 || top) return found;
    return this.joined([[this.plain(this.say("WORDS_OPEN"))], found, [this.plain(this.say("WORDS_CLOSE"))]]);
  }

  leaf(leaf: Leaf): Part[] {
    const path = leaf.field.split(".");
    const shape = this.fields(path);
    const label = [this.plain(this.label(path))];
    const values = Array.isArray(leaf.value) ? leaf.value : [leaf.value];
    const template = this.template(leaf.op, shape?.kind ?? "text", values);
    const [before = "", after] = template.replace("{{field}}", "").split("{{value}}");
    if (after === undefined) return this.joined([label, [{ text: before.trim(), strong: true }]]);
    return this.joined([
      label,
      [this.plain(before.trim())],
      this.values(leaf, shape, values),
      [this.plain(after)],
    ]);
  }

  pieces(leaf: Leaf): LeafWords {
    const path = leaf.field.split(".");
    const shape = this.fields(path);
    const values = Array.isArray(leaf.value) ? leaf.value : [leaf.value];
    const template = this.template(leaf.op, shape?.kind ?? "text", values);
    const [before = "", after] = template.replace(/[“”]/g, "").replace("{{field}}", "").split("{{value}}");
    return {
      name: this.label(path),
      op: [before.trim(), (after ?? "").trim()].filter(Boolean).join("…"),
      value: after === undefined ? "" : (this.values(leaf, shape, values)[0]?.text ?? ""),
    };
  }

  template(op: string, kind: string, values: unknown[]): string {
    const who = values.length === 1 ? (values[0] as { who?: string } | null)?.who : undefined;
    const one = { in: "eq", not_in: "ne" }[op] ?? op;
    if (who && who !== "me" && (one === "eq" || one === "ne")) {
      return this.texts[one === "eq" ? "LEAF_GROUP_EQ" : "LEAF_GROUP_NE"] ?? "";
    }
    const said = one === "contains_all" && values.length === 1 ? "contains_any" : one;
    const group = kind === "datetime" || kind === "month_day" ? "date" : kind;
    const code = said.toUpperCase();
    return this.texts[`LEAF_${group.toUpperCase()}_${code}`] ?? this.texts[`LEAF_${code}`] ?? code;
  }

  label(path: string[]): string {
    let text = "";
    for (let end = 1; end <= path.length; end++) {
      const name = this.fields(path.slice(0, end))?.labels[this.language] || path[end - 1] || "";
      text = text ? this.say("WORDS_PATH", { outer: text, field: name }) : name;
    }
    return text;
  }

  values(leaf: Leaf, shape: FieldShape | undefined, values: unknown[]): Part[] {
    const said = values.slice(0, SHOWN).map((value) => this.value(leaf, shape, value));
    if (!said.length) return [{ text: this.say("WORDS_NONE_CHOSEN"), strong: true }];
    if (values.length > SHOWN) said.push(this.say("WORDS_OTHERS", { count: values.length - SHOWN }));
    const last =
      leaf.op === "between" ? "WORDS_UNTIL" : EITHER.includes(leaf.op) ? "WORDS_EITHER" : "WORDS_BOTH";
    let text = said[0] ?? "";
    said.slice(1).forEach((item, place) => {
      const joint = this.say(place === said.length - 2 ? last : "WORDS_COMMA");
      text = this.seam(this.seam(text, joint), item);
    });
    return [{ text, strong: true }];
  }

  value(leaf: Leaf, shape: FieldShape | undefined, value: unknown): string {
    const kind = shape?.kind ?? "text";
    if (leaf.op.endsWith("_period") && typeof value === "string") return this.period({ period: value });
    if (typeof value === "object" && value !== null) {
      const found = value as Record<string, unknown>;
      if (typeof found.who === "string") return this.say(`WHO_${found.who.toUpperCase()}`);
      if (typeof found.period === "string") return this.period(found as { period: string; n?: number });
      if (typeof found.relative === "string") return this.relative(found);
      const name = this.nameOf(leaf, String(found.id));
      return name ?? (typeof found.label === "string" ? found.label : String(found.id ?? ""));
    }
    if (typeof value === "boolean") return this.say(value ? "YES" : "NO");
    const text = String(value ?? "");
    if (kind === "number") return this.number(shape, text);
    if (kind === "datetime" && text.length > 10) return this.moment(text);
    const option = shape?.options?.find((one) => one.key === text);
    if (option) return option.labels[this.language] || text;
    if (kind === "date" || kind === "datetime" || kind === "month_day") return text;
    if (kind === "text") return this.say("WORDS_QUOTED", { text });
    return this.nameOf(leaf, text) ?? text;
  }

  period(value: { period: string; n?: number }): string {
    return this.say(`PERIOD_${value.period.toUpperCase()}`, { n: value.n ?? 7 });
  }

  relative(value: { relative?: unknown; offset?: unknown; unit?: unknown }): string {
    const offset = Number(value.offset ?? 0);
    if (!offset) return this.say(`RELATIVE_${String(value.relative).toUpperCase()}`);
    const n = Math.abs(offset);
    const unit = this.say(`UNIT_${String(value.unit ?? "day").toUpperCase()}${n === 1 ? "" : "S"}`);
    return this.say(offset > 0 ? "RELATIVE_AFTER" : "RELATIVE_BEFORE", { n, unit });
  }

  moment(text: string): string {
    if (!this.zone) return text.slice(0, 16).replace("T", " ");
    const format = new Intl.DateTimeFormat("sv-SE", {
      timeZone: this.zone,
      dateStyle: "short",
      timeStyle: "short",
    });
    return format.format(new Date(text));
  }

  number(shape: FieldShape | undefined, text: string): string {
    if (shape?.unit === "s" && /^\d+$/.test(text)) {
      const all = Number(text);
      const parts: [number, string][] = [
        [Math.floor(all / 3600), "DURATION_H"],
        [Math.floor((all % 3600) / 60), "DURATION_M"],
        [all % 60, "DURATION_S"],
      ];
      const said = parts.filter(([count]) => count).map(([count, name]) => `${count} ${this.say(name)}`);
      return said.join(" ") || `0 ${this.say("DURATION_S")}`;
    }
    const [whole = "", fraction = ""] = text.split(".");
    const places = fraction.replace(/0+$/, "");
    const figure = whole.replace(/\B(?=(\d{3})+$)/g, ",") + (places ? `.${places}` : "");
    return shape?.unit === "%" ? `${figure}%` : figure;
  }

  // Seams: English parts words by blanks, Chinese only where Han meets Latin or figures.

  seam = (left: string, right: string) => left + this.gap(left, right) + right;

  gap(left: string, right: string): string {
    if (!left || !right || left.endsWith(" ")) return "";
    const [end, start] = [left.slice(-1), right.slice(0, 1)];
    if (this.language === "en") return end === "(" || end === "“" || "),’”".includes(start) ? "" : " ";
    const meets = isHan(end) !== isHan(start) && isWord(end) && isWord(start);
    return meets ? " " : "";
  }

  joined(groups: Part[][]): Part[] {
    const found: Part[] = [];
    for (const part of groups.flat()) {
      if (!part.text) continue;
      const last = found.at(-1);
      if (last) found[found.length - 1] = { ...last, text: last.text + this.gap(last.text, part.text) };
      found.push(part);
    }
    return found;
  }
}

const isHan = (ch: string) => ch >= "\u3400" && ch <= "\u9fff";
const isWord = (ch: string) => /[\p{L}\p{N}%-]/u.test(ch);
