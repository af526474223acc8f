import { Link } from "@tanstack/react-router";
import { Dropdown, Tooltip } from "antd";
import { ChartNoAxesColumnIncreasing, PanelLeftClose, PanelLeftOpen, Search } from "lucide-react";
import { useTranslation } from "react-i18next";
import type { AccountAction } from "@/app/account";
import { Bell } from "@/app/Bell";
import type { Count } from "@/app/counts";
import { COMMAND } from "@/app/keys";
import type { Place } from "@/app/navigation";
import { useTraffic } from "@/app/OfflineBar";
import type { Me } from "@/shared/api/types";
import { number } from "@/shared/format/format";

interface Props {
  me: Me;
  places: Place[];
  counts: Record<string, Count>;
  actions: AccountAction[];
  folded: boolean;
  onFold: () => void;
  onSearch: () => void;
}

export function accountMenu(me: Me, actions: AccountAction[]) {
  return {
    items: [
      {
        key: "who",
        disabled: true,
        label: (
          <span className="who">
            {me.user.name}
            <br />
            <span className="meta">{me.user.email}</span>
          </span>
        ),
      },
      { type: "divider" as const },
      ...actions.map((action) => ({
        key: action.key,
        label: action.text,
        icon: <action.icon size={15} strokeWidth={1.7} />,
        onClick: () => void action.run(),
      })),
    ],
  };
}

/** Workspace, search, places; 216 wide, 52 when folded. */
export function Sidebar({ me, places, counts, actions, folded, onFold, onSearch }: Props) {
  const { t } = useTranslation();
  const { saving, reachable } = useTraffic();
  const groups: [string, Place[]][] = [
    ["", places.filter((place) => place.group === "top")],
    [t("nav.selling"), places.filter((place) => place.group === "selling")],
    [t("nav.insight"), places.filter((place) => place.group === "insight")],
    [t("nav.build"), places.filter((place) => place.group === "build")],
  ];
  const Fold = folded ? PanelLeftOpen : PanelLeftClose;
  return (
    <nav className="sidebar" aria-label={t("nav.main")}>
      <div className="brand">
        <span className="mark">
          <ChartNoAxesColumnIncreasing size={13} strokeWidth={2.4} />
        </span>
        <span className="cut grow">{me.workspace.name || t("app.name")}</span>
        <Dropdown menu={accountMenu(me, actions)} trigger={["click"]}>
          <button type="button" className="plain avatar" aria-label={t("shell.account")}>
            {me.user.name.slice(0, 1).toUpperCase()}
          </button>
        </Dropdown>
      </div>
      <button type="button" className="search plain" onClick={onSearch} aria-label={t("shell.search")}>
        <Search size={15} strokeWidth={1.7} />
        <span className="cut">{t("shell.search")}</span>
        <kbd>{COMMAND}K</kbd>
      </button>
      <div className="places">
        {groups
          .filter(([, members]) => members.length > 0)
          .map(([title, members]) => (
            <div key={title || "top"} role="group" aria-label={title || t("nav.main")}>
              {title && <div className="nav-group">{title}</div>}
              {members.map((place) => (
                <PlaceLink key={place.key} place={place} folded={folded} count={counts[place.key]} />
              ))}
              {!title && <Bell folded={folded} />}
            </div>
          ))}
      </div>
      <div className="sidebar-foot meta">
        <span className="cut grow" role="status">
          {!reachable ? t("shell.offline") : saving > 0 ? t("shell.saving") : t("shell.saved")}
        </span>
        <Tooltip title={folded ? t("shell.unfold") : t("shell.fold")} placement="right">
          <button
            type="button"
            className="plain fold"
            aria-label={folded ? t("shell.unfold") : t("shell.fold")}
            aria-expanded={!folded}
            onClick={onFold}
          >
            <Fold size={16} strokeWidth={1.7} />
          </button>
        </Tooltip>
      </div>
    </nav>
  );
}

function PlaceLink({ place, folded, count }: { place: Place; folded: boolean; count: Count | undefined }) {
  const { t } = useTranslation();
  const Icon = place.icon;
  const link = (
    <Link
      to={place.to}
      className="nav"
      aria-label={folded ? place.text : undefined}
      activeProps={{ className: "nav active" }}
      activeOptions={{ exact: place.exact ?? false, includeSearch: false }}
    >
      <Icon size={16} strokeWidth={1.7} />
      <span className="cut grow">{place.text}</span>
      {count && (
        <span
          className={count.late ? "count late" : "count"}
          // What only counts is not part of the link's name; what is late is.
          aria-hidden={!count.late}
          title={count.late ? t("shell.lateThings", { count: count.late }) : undefined}
        >
          {number(count.value)}
        </span>
      )}
    </Link>
  );
  return folded ? (
    <Tooltip title={place.text} placement="right">
      {link}
    </Tooltip>
  ) : (
    link
  );
}
