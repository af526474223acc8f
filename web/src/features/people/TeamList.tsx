import { Button, Input, Select } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useSentence } from "@/shared/Problem";
import { type Person, type Team, usePeopleChange } from "./api";

/** Teams in the order of their tree, each one step further in than the team above it. */
export function ordered(teams: Team[]): { team: Team; depth: number }[] {
  const found: { team: Team; depth: number }[] = [];
  const walk = (parent: string | null, depth: number) => {
    for (const team of teams.filter((one) => one.parent === parent)) {
      found.push({ team, depth });
      walk(team.id, depth + 1);
    }
  };
  walk(null, 0);
  return found;
}

/** The tree of teams with their managers: who manages a team sees what it and the teams below own. */
export function TeamList({ people, teams }: { people: Person[]; teams: Team[] }) {
  const { t } = useTranslation();
  const send = usePeopleChange();
  const sentence = useSentence();
  const [name, setName] = useState("");
  const [parent, setParent] = useState<string>();
  const [error, setError] = useState<unknown>(null);
  const run = async (work: () => Promise<unknown>) => {
    setError(null);
    try {
      await work();
    } catch (problem) {
      setError(problem);
    }
  };
  const managers = people
    .filter((person) => person.status !== "disabled")
    .map((person) => ({ value: person.id, label: person.name }));
  const tree = ordered(teams);
  return (
    <>
      <table className="roster">
        <thead>
          <tr>
            <th scope="col">{t("people.team")}</th>
            <th scope="col">{t("people.manager")}</th>
            <th scope="col" className="num">
              {t("people.members")}
            </th>
          </tr>
        </thead>
        <tbody>
          {tree.map(({ team, depth }) => (
            <tr key={team.id}>
              <th scope="row" style={{ paddingLeft: depth * 20 }}>
                {team.name}
              </th>
              <td>
                <Select
                  allowClear
                  variant="borderless"
                  showSearch={{ optionFilterProp: "label" }}
                  aria-label={t("people.managerOf", { name: team.name })}
                  placeholder="—"
                  value={team.manager ?? undefined}
                  options={managers}
                  onChange={(next?: string) =>
                    run(() => send(`/teams/${team.id}`, "PATCH", { manager: next ?? null }))
                  }
                />
              </td>
              <td className="num">{team.members}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {teams.length === 0 && <p className="empty">{t("people.noTeams")}</p>}
      <form
        className="row add-line"
        onSubmit={(event) => {
          event.preventDefault();
          void run(async () => {
            await send("/teams", "POST", { name, parent: parent ?? null });
            setName("");
          });
        }}
      >
        <Input
          style={{ width: 220 }}
          aria-label={t("people.newTeam")}
          placeholder={t("people.newTeam")}
          value={name}
          onChange={(event) => setName(event.target.value)}
        />
        <Select
          style={{ width: 200 }}
          allowClear
          aria-label={t("people.under")}
          placeholder={t("people.under")}
          value={parent}
          onChange={setParent}
          options={tree.map(({ team }) => ({ value: team.id, label: team.name }))}
        />
        <Button htmlType="submit" disabled={!name.trim()}>
          {t("people.addTeam")}
        </Button>
      </form>
      {error !== null && (
        <p className="bad" role="alert">
          {sentence(error)}
        </p>
      )}
    </>
  );
}
