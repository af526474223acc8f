import { Button, Dropdown, Input, Modal, Select, Tag } from "antd";
import { Ellipsis, Plus } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { ApiProblem } from "@/shared/api/client";
import { useMe } from "@/shared/api/queries";
import { label } from "@/shared/format/format";
import { useSentence } from "@/shared/Problem";
import { type Person, type Role, type Team, usePeopleChange } from "./api";
import { Secret } from "./Secret";

interface Props {
  people: Person[];
  teams: Team[];
  roles: Role[];
}

/** Everybody with their roles and teams, changed in place; a new person gets a link to choose a password. */
export function PersonList({ people, teams, roles }: Props) {
  const { t, i18n } = useTranslation();
  const me = useMe().data;
  const send = usePeopleChange();
  const sentence = useSentence();
  const [adding, setAdding] = useState(false);
  const [invitation, setInvitation] = useState<{ name: string; secret: string } | null>(null);
  const [refusal, setRefusal] = useState<{ id: string; text: string } | null>(null);
  const change = async (person: Person, changes: Record<string, unknown>) => {
    setRefusal(null);
    try {
      await send(`/users/${person.id}`, "PATCH", changes);
    } catch (problem) {
      setRefusal({ id: person.id, text: sentence(problem) });
    }
  };
  const invite = async (person: Person) => {
    setRefusal(null);
    try {
      const made = await send<{ invitation: string }>(`/users/${person.id}/invitation`, "POST");
      setInvitation({ name: person.name, secret: made.invitation });
    } catch (problem) {
      setRefusal({ id: person.id, text: sentence(problem) });
    }
  };
  const roleOptions = roles.map((role) => ({ value: role.id, label: label(role.labels, i18n.language) }));
  const teamOptions = teams.map((team) => ({ value: team.id, label: team.name }));
  return (
    <>
      <div className="row list-head">
        <span className="meta grow">{t("people.count", { count: people.length })}</span>
        <Button type="primary" icon={<Plus size={15} />} onClick={() => setAdding(true)}>
          {t("people.add")}
        </Button>
      </div>
      <table className="roster">
        <thead>
          <tr>
            <th scope="col">{t("people.name")}</th>
            <th scope="col">{t("auth.email")}</th>
            <th scope="col">{t("people.roles")}</th>
            <th scope="col">{t("people.teams")}</th>
            <th scope="col">
              <span className="visually-hidden">{t("people.more")}</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {people.map((person) => (
            <tr key={person.id} className={person.status === "disabled" ? "away" : ""}>
              <th scope="row">
                {person.name} {person.status !== "active" && <Tag>{t(`people.${person.status}`)}</Tag>}
                {refusal?.id === person.id && (
                  <p className="bad meta" role="alert">
                    {refusal.text}
                  </p>
                )}
              </th>
              <td>{person.email}</td>
              <td>
                <Select
                  mode="multiple"
                  variant="borderless"
                  aria-label={t("people.rolesOf", { name: person.name })}
                  value={person.roles}
                  options={roleOptions}
                  onChange={(next) => change(person, { roles: next })}
                />
              </td>
              <td>
                <Select
                  mode="multiple"
                  variant="borderless"
                  aria-label={t("people.teamsOf", { name: person.name })}
                  placeholder="—"
                  value={person.teams}
                  options={teamOptions}
                  onChange={(next) => change(person, { teams: next })}
                />
              </td>
              <td>
                <Dropdown
                  trigger={["click"]}
                  menu={{
                    items: [
                      {
                        key: "invite",
                        disabled: person.status === "disabled",
                        label: t(person.status === "invited" ? "people.invite" : "people.reset"),
                        onClick: () => invite(person),
                      },
                      person.status === "disabled"
                        ? {
                            key: "enable",
                            label: t("people.enable"),
                            onClick: () => change(person, { status: "active" }),
                          }
                        : {
                            key: "disable",
                            danger: true,
                            disabled: person.id === me?.user.id,
                            label: t("people.disable"),
                            onClick: () => change(person, { status: "disabled" }),
                          },
                    ],
                  }}
                >
                  <button
                    type="button"
                    className="plain icon"
                    aria-label={t("people.moreOf", { name: person.name })}
                  >
                    <Ellipsis size={16} />
                  </button>
                </Dropdown>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {adding && (
        <AddPerson
          roles={roles}
          teams={teams}
          onClose={() => setAdding(false)}
          onMade={(name, secret) => {
            setAdding(false);
            if (secret) setInvitation({ name, secret });
          }}
        />
      )}
      {invitation && (
        <Secret
          title={t("people.inviteTitle", { name: invitation.name })}
          hint={t("people.inviteHint")}
          value={`${window.location.origin}/invitation?token=${invitation.secret}`}
          onClose={() => setInvitation(null)}
        />
      )}
    </>
  );
}

function AddPerson(props: {
  roles: Role[];
  teams: Team[];
  onMade: (name: string, secret?: string) => void;
  onClose: () => void;
}) {
  const { t, i18n } = useTranslation();
  const [name, setName] = useState("");
  const [email, setEmail] = useState("");
  const [chosen, setChosen] = useState<string[]>(
    props.roles.filter((role) => role.key === "salesperson").map((role) => role.id),
  );
  const [teams, setTeams] = useState<string[]>([]);
  const [error, setError] = useState<unknown>(null);
  const [busy, setBusy] = useState(false);
  const send = usePeopleChange();
  const sentence = useSentence();
  const problems = error instanceof ApiProblem ? error.byField : {};
  const make = async () => {
    setBusy(true);
    setError(null);
    try {
      const made = await send<{ invitation?: string }>("/users", "POST", {
        name,
        email,
        roles: chosen,
        teams,
      });
      props.onMade(name, made.invitation);
    } catch (problem) {
      setError(problem);
      setBusy(false);
    }
  };
  return (
    <Modal
      open
      title={t("people.add")}
      onCancel={props.onClose}
      footer={
        <Button type="primary" loading={busy} onClick={make}>
          {t("people.addGo")}
        </Button>
      }
    >
      <div className="person-form">
        <div className="field">
          <label htmlFor="person-name">{t("people.name")}</label>
          <Input id="person-name" autoFocus value={name} onChange={(event) => setName(event.target.value)} />
          {problems.name && <p className="error">{problems.name}</p>}
        </div>
        <div className="field">
          <label htmlFor="person-email">{t("auth.email")}</label>
          <Input
            id="person-email"
            type="email"
            value={email}
            onChange={(event) => setEmail(event.target.value)}
          />
          {problems.email && <p className="error">{problems.email}</p>}
        </div>
        <div className="field">
          <label htmlFor="person-roles">{t("people.roles")}</label>
          <Select
            id="person-roles"
            mode="multiple"
            value={chosen}
            onChange={setChosen}
            options={props.roles.map((role) => ({
              value: role.id,
              label: label(role.labels, i18n.language),
            }))}
          />
        </div>
        <div className="field">
          <label htmlFor="person-teams">{t("people.teams")}</label>
          <Select
            id="person-teams"
            mode="multiple"
            value={teams}
            onChange={setTeams}
            options={props.teams.map((team) => ({ value: team.id, label: team.name }))}
          />
        </div>
        {error !== null && !problems.name && !problems.email && (
          <p className="bad" role="alert">
            {sentence(error)}
          </p>
        )}
      </div>
    </Modal>
  );
}
