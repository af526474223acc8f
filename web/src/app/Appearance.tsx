import { App, ConfigProvider } from "antd";
import enUS from "antd/locale/en_US";
import zhCN from "antd/locale/zh_CN";
import { createContext, type ReactNode, useContext, useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { antdTheme, applyMode, type Mode } from "@/theme/theme";

const ModeContext = createContext<{ mode: Mode; setMode: (mode: Mode) => void }>({
  mode: "light",
  setMode: () => {},
});

export const useMode = () => useContext(ModeContext);

function firstMode(): Mode {
  const kept = localStorage.getItem("dealwright.mode");
  if (kept === "light" || kept === "dark") return kept;
  return window.matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
}

/** Light or dark, Chinese or English: for our own styles and for antd alike. */
export function Appearance({ children }: { children: ReactNode }) {
  const { i18n } = useTranslation();
  const [mode, setModeState] = useState<Mode>(firstMode);
  useEffect(() => applyMode(mode), [mode]);
  const setMode = (next: Mode) => {
    localStorage.setItem("dealwright.mode", next);
    setModeState(next);
  };
  const english = i18n.language === "en";
  return (
    <ModeContext value={{ mode, setMode }}>
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
