import { App, ConfigProvider } from "antd";
import enUS from "antd/locale/en_US";
import zhCN from "antd/locale/zh_CN";
import { createContext, type ReactNode, useContext, useEffect, useState, useSyncExternalStore } from "react";
import { useTranslation } from "react-i18next";
import { antdTheme, applyMode, type Mode } from "@/theme/theme";

/** What was chosen; "system" follows the machine, also when it changes. */
export type Choice = Mode | "system";

const ModeContext = createContext<{ mode: Mode; choice: Choice; choose: (choice: Choice) => void }>({
  mode: "light",
  choice: "system",
  choose: () => {},
});

export const useMode = () => useContext(ModeContext);

function firstChoice(): Choice {
  const kept = localStorage.getItem("dealwright.mode");
  return kept === "light" || kept === "dark" ? kept : "system";
}

const machine = () => window.matchMedia("(prefers-color-scheme: dark)");
const listen = (tell: () => void) => {
  const dark = machine();
  dark.addEventListener("change", tell);
  return () => dark.removeEventListener("change", tell);
};

/** Light or dark, Chinese or English: for our own styles and for antd alike. */
export function Appearance({ children }: { children: ReactNode }) {
  const { i18n } = useTranslation();
  const [choice, setChoice] = useState<Choice>(firstChoice);
  const isDark = useSyncExternalStore(listen, () => machine().matches);
  const mode: Mode = choice === "system" ? (isDark ? "dark" : "light") : choice;
  useEffect(() => applyMode(mode), [mode]);
  const choose = (next: Choice) => {
    localStorage.setItem("dealwright.mode", next);
    setChoice(next);
  };
  const english = i18n.language === "en";
  return (
    <ModeContext value={{ mode, choice, choose }}>
      <ConfigProvider
        theme={antdTheme(mode, english)}
        locale={english ? enUS : zhCN}
        button={{ autoInsertSpace: false }}
      >
        <App component={false}>{children}</App>
      </ConfigProvider>
    </ModeContext>
  );
}
