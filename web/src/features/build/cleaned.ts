import type { OptionDef } from "@/shared/api/types";
import { optionKey } from "./OptionsEditor";
import type { Config } from "./Settings";

/** Settings as the server takes them: options get their keys, empty lines are left out. */
export function cleaned(config: Config): Config {
  const found: Config = {};
  for (const [name, value] of Object.entries(config)) {
    if (value === undefined || value === null) continue;
    found[name] = name === "options" ? cleanOptions(value as OptionDef[]) : value;
  }
  return found;
}

/** Options with a key each and both names; those without any name are left out. */
export function cleanOptions(options: OptionDef[]): OptionDef[] {
  const taken = new Set<string>();
  return options
    .filter((one) => one.labels.zh.trim() || one.labels.en.trim())
    .map((one) => {
      const labels = { zh: one.labels.zh || one.labels.en, en: one.labels.en || one.labels.zh };
      const key = optionKey({ ...one, labels }, taken);
      taken.add(key);
      return { ...one, key, labels };
    });
}
