import i18next from "i18next";
import { initReactI18next } from "react-i18next";
import { inside } from "@/shared/format/format";

export type Language = "zh-CN" | "en";

/** One file a feature; its name is the first part of the keys: `board.json` holds `board.*`. */
function texts(files: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(files).map(([path, content]) => [path.replace(/^.*\/|\.json$/g, ""), content]),
  );
}
const zh = texts(import.meta.glob("./zh-CN/*.json", { eager: true, import: "default" }));
const en = texts(import.meta.glob("./en/*.json", { eager: true, import: "default" }));

export function startLanguage(): Language {
  const kept = localStorage.getItem("dealwright.language");
  if (kept === "zh-CN" || kept === "en") return kept;
  return navigator.language.startsWith("zh") ? "zh-CN" : "en";
}

export function setLanguage(language: Language): void {
  localStorage.setItem("dealwright.language", language);
  document.documentElement.lang = language;
  void i18next.changeLanguage(language);
}

const first = startLanguage();
document.documentElement.lang = first;
void i18next.use(initReactI18next).init({
  lng: first,
  fallbackLng: "en",
  resources: { "zh-CN": { translation: zh }, en: { translation: en } },
  interpolation: { escapeValue: false },
});
// A name set into a sentence, "New {{name, inside}}", begins small in English.
i18next.services.formatter?.add("inside", (value, language) => inside(String(value), language ?? "en"));

export default i18next;
