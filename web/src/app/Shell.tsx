import "./app.css";
import { useQueryClient } from "@tanstack/react-query";
import { Link, Navigate, Outlet, useNavigate } from "@tanstack/react-router";
import { Dropdown, Spin } from "antd";
import {
  ArrowLeftRight,
  BarChart3,
  Box,
  Building2,
  Columns3,
  FileSignature,
  FileText,
  House,
  type LucideIcon,
  Megaphone,
  Menu,
  MessageSquare,
  Package,
  Receipt,
  Search,
  SquareCheck,
  Target,
  UserPlus,
  Users,
} from "lucide-react";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { useMode } from "@/app/Appearance";
import { Palette } from "@/app/Palette";
import { setLanguage } from "@/i18n";
import { api } from "@/shared/api/client";
import { useMe, useObjects } from "@/shared/api/queries";
import { label } from "@/shared/format/format";
import { ProblemBox } from "@/shared/Problem";

const ICONS: Record<string, LucideIcon> = {
  "user-plus": UserPlus,
  "building-2": Building2,
  users: Users,
  target: Target,
  package: Package,
  "file-text": FileText,
  "file-signature": FileSignature,
  receipt: Receipt,
  "square-check": SquareCheck,
  "message-square": MessageSquare,
  megaphone: Megaphone,
};

export function Shell() {
  const { t, i18n } = useTranslation();
  const me = useMe();
  const objects = useObjects();
  const { mode, setMode } = useMode();
  const [searching, setSearching] = useState(false);
  const navigate = useNavigate();
  const queries = useQueryClient();

  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if ((event.metaKey || event.ctrlKey) && event.key.toLowerCase() === "k" && !event.isComposing) {
        event.preventDefault();
        setSearching(true);
      }
    };
    window.addEventListener("keydown", onKey);
    return () => window.removeEventListener("keydown", onKey);
  }, []);

  if (me.error) {
    const status = (me.error as { body?: { status: number } }).body?.status;
    return status === 401 ? (
      <Navigate to="/login" />
    ) : (
      <ProblemBox error={me.error} retry={() => me.refetch()} />
    );
  }
  if (!me.data) return <Spin delay={200} style={{ display: "block", margin: "30vh auto" }} />;

  const language = i18n.language;
  const shown = (objects.data ?? []).filter((object) => object.kind === "object");
  const withStages = shown.filter((object) => object.fields.some((field) => field.type === "stage"));
  const initial = me.data.user.name.slice(0, 1);
  const signOut = async () => {
    await api("/session", { method: "DELETE" });
    queries.clear();
    await navigate({ to: "/login" });
  };
  const menu = {
    items: [
      { key: "name", label: me.data.user.name, disabled: true },
      {
        key: "language",
        label: t("shell.language"),
        onClick: () => setLanguage(language === "en" ? "zh-CN" : "en"),
      },
      {
        key: "mode",
        label: mode === "dark" ? t("shell.light") : t("shell.dark"),
        onClick: () => setMode(mode === "dark" ? "light" : "dark"),
      },
      { key: "out", label: t("shell.signOut"), onClick: signOut },
    ],
  };
  const items = (
    <>
      <div className="nav-group">{t("nav.selling")}</div>
      {shown.map((object) => {
        const Icon = ICONS[object.icon ?? ""] ?? Box;
        return (
          <Link
            key={object.key}
            to="/o/$object"
            params={{ object: object.key }}
            className="nav"
            activeProps={{ className: "nav active" }}
          >
            <Icon size={16} strokeWidth={1.7} />
            <span className="cut">{label(object.plural, language)}</span>
          </Link>
        );
      })}
    </>
  );
  return (
    <div className="shell">
      <nav className="sidebar" aria-label={t("nav.main")}>
        <div className="brand">
          <span className="mark">
            <BarChart3 size={13} />
          </span>
          <span className="cut grow">{me.data.workspace.name || t("app.name")}</span>
          <Dropdown menu={menu} trigger={["click"]}>
            <button type="button" className="plain avatar" aria-label={t("shell.account")}>
              {initial}
            </button>
          </Dropdown>
        </div>
        <button type="button" className="search plain" onClick={() => setSearching(true)}>
          <Search size={14} />
          <span className="cut">{t("shell.search")}</span>
          <kbd>⌘K</kbd>
        </button>
        <Link
          to="/"
          className="nav"
          activeProps={{ className: "nav active" }}
          activeOptions={{ exact: true }}
        >
          <House size={16} strokeWidth={1.7} />
          {t("nav.desk")}
        </Link>
        {withStages.map((object) => (
          <Link
            key={object.key}
            to="/board/$object"
            params={{ object: object.key }}
            className="nav"
            activeProps={{ className: "nav active" }}
          >
            <Columns3 size={16} strokeWidth={1.7} />
            {t("nav.board")}
          </Link>
        ))}
        {items}
        <div className="nav-group">{t("nav.build")}</div>
        <Link to="/import" className="nav" activeProps={{ className: "nav active" }}>
          <ArrowLeftRight size={16} strokeWidth={1.7} />
          {t("nav.import")}
        </Link>
      </nav>
      <main className="page">
        <Outlet />
      </main>
      <nav className="tabbar" aria-label={t("nav.main")}>
        <Link to="/" activeProps={{ className: "active" }} activeOptions={{ exact: true }}>
          <House size={18} />
          {t("nav.desk")}
        </Link>
        {withStages.slice(0, 1).map((object) => (
          <Link
            key={object.key}
            to="/o/$object"
            params={{ object: object.key }}
            activeProps={{ className: "active" }}
          >
            <Target size={18} />
            {label(object.plural, language)}
          </Link>
        ))}
        {withStages.slice(0, 1).map((object) => (
          <Link
            key={`b-${object.key}`}
            to="/board/$object"
            params={{ object: object.key }}
            activeProps={{ className: "active" }}
          >
            <Columns3 size={18} />
            {t("nav.board")}
          </Link>
        ))}
        <button type="button" className="plain" onClick={() => setSearching(true)}>
          <Search size={18} />
          {t("shell.goTo")}
        </button>
        <Dropdown menu={menu} trigger={["click"]}>
          <button type="button" className="plain">
            <Menu size={18} />
            {t("nav.more")}
          </button>
        </Dropdown>
      </nav>
      {searching && <Palette objects={shown} onClose={() => setSearching(false)} />}
    </div>
  );
}
