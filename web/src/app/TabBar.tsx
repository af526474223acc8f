import { Link } from "@tanstack/react-router";
import { Drawer } from "antd";
import { Bell as BellIcon, Menu, Plus, Search } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { AccountAction } from "@/app/account";
import type { Place } from "@/app/navigation";
import { useUnread } from "@/features/notices/api";
import type { Me } from "@/shared/api/types";

interface Props {
  me: Me;
  places: Place[];
  actions: AccountAction[];
  onSearch: () => void;
  onCreate: () => void;
}

/** The phone's five places at the bottom: home, deals, new, pipeline, everything else. */
export function TabBar({ me, places, actions, onSearch, onCreate }: Props) {
  const { t } = useTranslation();
  const [more, setMore] = useState(false);
  const unread = useUnread();
  const board = places.find((place) => place.key.startsWith("board-"));
  const deals = places.find((place) => board && `board-${place.key}` === board.key);
  const home = places.find((place) => place.key === "home");
  const rest = places.filter((place) => ![home, board, deals].includes(place));
  const tab = (place: Place | undefined) =>
    place && (
      <Link
        to={place.to}
        activeProps={{ className: "active" }}
        activeOptions={{ exact: place.exact ?? false, includeSearch: false }}
      >
        <place.icon size={19} strokeWidth={1.7} />
        {place.text}
      </Link>
    );
  return (
    <>
      <nav className="tabbar" aria-label={t("nav.phone")}>
        {tab(home)}
        {tab(deals)}
        <button type="button" className="plain" onClick={onCreate}>
          <span className="plus">
            <Plus size={18} strokeWidth={2} />
          </span>
          {t("shell.new")}
        </button>
        {tab(board)}
        <button type="button" className="plain" onClick={() => setMore(true)}>
          <Menu size={19} strokeWidth={1.7} />
          {t("nav.more")}
        </button>
      </nav>
      <Drawer
        open={more}
        onClose={() => setMore(false)}
        placement="bottom"
        size="auto"
        title={
          <span>
            {me.user.name} <span className="meta">{me.workspace.name}</span>
          </span>
        }
        styles={{ body: { padding: "8px 12px 20px" } }}
      >
        <div className="more">
          <button
            type="button"
            className="plain nav"
            onClick={() => {
              setMore(false);
              onSearch();
            }}
          >
            <Search size={17} strokeWidth={1.7} />
            {t("shell.search")}
          </button>
          <Link to="/notices" className="nav" onClick={() => setMore(false)}>
            <BellIcon size={17} strokeWidth={1.7} />
            <span className="grow">{t("notice.title")}</span>
            {unread > 0 && <span className="count late">{unread}</span>}
          </Link>
          {rest.map((place) => (
            <Link key={place.key} to={place.to} className="nav" onClick={() => setMore(false)}>
              <place.icon size={17} strokeWidth={1.7} />
              {place.text}
            </Link>
          ))}
          {actions
            .filter((action) => action.key !== "keys")
            .map((action) => (
              <button
                key={action.key}
                type="button"
                className="plain nav"
                onClick={() => {
                  setMore(false);
                  void action.run();
                }}
              >
                <action.icon size={17} strokeWidth={1.7} />
                {action.text}
              </button>
            ))}
        </div>
      </Drawer>
    </>
  );
}
