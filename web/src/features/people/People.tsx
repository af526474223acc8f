import "./people.css";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { Skeleton } from "antd";
import { useTranslation } from "react-i18next";
import { NotFound } from "@/app/NotFound";
import { useMe } from "@/shared/api/queries";
import { ProblemBox } from "@/shared/Problem";
import { usePeople } from "./api";
import { PersonList } from "./PersonList";
import { RoleList } from "./RoleList";
import { TeamList } from "./TeamList";
import { TokenList } from "./TokenList";

const TABS = ["people", "teams", "roles", "tokens"] as const;

/** Who is in the workspace, in which team, with which rights; and one's own API tokens. */
export function PeoplePage() {
  const me = useMe().data;
  if (!me) return null;
  return me.rights.manage_users ? <Roster /> : <NotFound />;
}

function Roster() {
  const { t } = useTranslation();
  const { people, teams, roles } = usePeople();
  const search = useSearch({ strict: false }) as { tab?: string };
  const navigate = useNavigate();
  const tab = TABS.find((one) => one === search.tab) ?? "people";
  const error = people.error ?? teams.error ?? roles.error;
  return (
    <>
      <div className="page-bar">
        <h1>{t("nav.people")}</h1>
        <div className="tabs" role="tablist" aria-label={t("nav.people")}>
          {TABS.map((one) => (
            <button
              key={one}
              type="button"
              role="tab"
              aria-selected={one === tab}
              className={one === tab ? "plain tab active" : "plain tab"}
              onClick={() => navigate({ to: "/build/people", search: { tab: one } })}
            >
              {t(`people.${one}`)}
            </button>
          ))}
        </div>
      </div>
      <div className="people">
        {error ? (
          <ProblemBox error={error} retry={() => people.refetch()} />
        ) : !people.data || !teams.data || !roles.data ? (
          <Skeleton active paragraph={{ rows: 8 }} />
        ) : tab === "people" ? (
          <PersonList people={people.data} teams={teams.data} roles={roles.data} />
        ) : tab === "teams" ? (
          <TeamList people={people.data} teams={teams.data} />
        ) : tab === "roles" ? (
          <RoleList roles={roles.data} />
        ) : (
          <TokenList />
        )}
      </div>
    </>
  );
}
