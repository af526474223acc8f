import { useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { Keyboard, Languages, LogOut, type LucideIcon, Monitor, Moon, Sun } from "lucide-react";
import { useTranslation } from "react-i18next";
import { type Choice, useMode } from "@/app/Appearance";
import { clearDrafts } from "@/features/records/drafts";
import { type Language, setLanguage } from "@/i18n";
import { api } from "@/shared/api/client";
import type { Me } from "@/shared/api/types";

const MODES: { choice: Choice; icon: LucideIcon }[] = [
  { choice: "light", icon: Sun },
  { choice: "dark", icon: Moon },
  { choice: "system", icon: Monitor },
];

/** What one can do with one's own account: language, light or dark, keys, leaving. */
export function useAccountActions(openMap: () => void) {
  const { t, i18n } = useTranslation();
  const { choice, choose } = useMode();
  const queries = useQueryClient();
  const navigate = useNavigate();
  const other: Language = i18n.language === "en" ? "zh-CN" : "en";
  const switchLanguage = async () => {
    setLanguage(other);
    const me = await api<Me>("/me", { method: "PATCH", body: { locale: other } });
    queries.setQueryData(["me"], me);
    // Sentences that the server wrote (names of changes, refusals) come in the reader's language.
    await queries.invalidateQueries({ predicate: (query) => query.queryKey[0] !== "me" });
  };
  const signOut = async () => {
    await api("/session", { method: "DELETE" });
    const me = queries.getQueryData<Me>(["me"]);
    if (me) clearDrafts(me.user.id);
    await navigate({ to: "/login" });
    queries.clear();
  };
  return [
    { key: "language", icon: Languages, text: t("shell.language"), run: switchLanguage },
    ...MODES.filter((one) => one.choice !== choice).map((one) => ({
      key: one.choice,
      icon: one.icon,
      text: t(`shell.${one.choice}`),
      run: async () => choose(one.choice),
    })),
    { key: "keys", icon: Keyboard, text: t("shell.keyMap"), run: async () => openMap() },
    { key: "out", icon: LogOut, text: t("shell.signOut"), run: signOut },
  ];
}

export type AccountAction = ReturnType<typeof useAccountActions>[number];
