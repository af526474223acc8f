import i18next from "i18next";
import { initReactI18next } from "react-i18next";
import en from "./en/common.json";
import zh from "./zh-CN/common.json";

export type Language = "zh-CN" | "en";

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

export default i18next;
