import i18next, { type BackendModule } from "i18next";
import { initReactI18next } from "react-i18next";
import { inside } from "@/shared/format/format";

export type Language = "zh-CN" | "en";

// The texts of a language come when it is asked for: whoever reads one need not wait for two.
const TEXTS: Record<string, () => Promise<{ default: Record<string, unknown> }>> = {
  "zh-CN": () => import("./zh-CN"),
  en: () => import("./en"),
};
const fromFiles: BackendModule = {
  type: "backend",
  init: () => {},
  read: (language, _namespace, done) => {
    const load = TEXTS[language];
    if (!load) return done(new Error(`no texts in ${language}`), false);
    load().then(
      (found) => done(null, found.default),
      (error) => done(error, true), // asked for again: the network may have been away
    );
  },
};

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
await i18next
  .use(fromFiles)
  .use(initReactI18next)
  .init({
    lng: first,
    fallbackLng: false, // both languages have every text: tools/check_translations.py
    load: "currentOnly",
    react: { useSuspense: false },
    interpolation: { escapeValue: false },
  });
// A name set into a sentence, "New {{name, inside}}", begins small in English.
i18next.services.formatter?.add("inside", (value, language) => inside(String(value), language ?? "en"));

export default i18next;
