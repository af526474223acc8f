import { useQuery } from "@tanstack/react-query";
import { Button, Input, Popconfirm } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api } from "@/shared/api/client";
import { useMe } from "@/shared/api/queries";
import { moment } from "@/shared/format/format";
import { useSentence } from "@/shared/Problem";
import { type Token, usePeopleChange } from "./api";
import { Secret } from "./Secret";

/** One's own API tokens: made, shown once, revoked. They may do what their owner may. */
export function TokenList() {
  const { t, i18n } = useTranslation();
  const zone = useMe().data?.workspace.time_zone ?? "UTC";
  const send = usePeopleChange();
  const sentence = useSentence();
  const found = useQuery({
    queryKey: ["tokens"],
    queryFn: async () => (await api<{ tokens: Token[] }>("/tokens")).tokens,
  });
  const [name, setName] = useState("");
  const [secret, setSecret] = useState("");
  const [error, setError] = useState<unknown>(null);
  const make = async () => {
    setError(null);
    try {
      setSecret((await send<{ token: string }>("/tokens", "POST", { name })).token);
      setName("");
    } catch (problem) {
      setError(problem);
    }
  };
  return (
    <>
      <p className="meta list-head">{t("people.tokensHint")}</p>
      <table className="roster">
        <thead>
          <tr>
            <th scope="col">{t("people.token")}</th>
            <th scope="col">{t("people.madeAt")}</th>
            <th scope="col">{t("people.usedAt")}</th>
            <th scope="col">
              <span className="visually-hidden">{t("people.revoke")}</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {(found.data ?? []).map((token) => (
            <tr key={token.id}>
              <th scope="row">{token.name}</th>
              <td>{moment(token.created_at, i18n.language, zone)}</td>
              <td>
                {token.last_used_at ? moment(token.last_used_at, i18n.language, zone) : t("people.never")}
              </td>
              <td>
                <Popconfirm
                  title={t("people.revokeAsk", { name: token.name })}
                  okText={t("people.revoke")}
                  onConfirm={() => send(`/tokens/${token.id}`, "DELETE")}
                >
                  <Button type="text" size="small" danger>
                    {t("people.revoke")}
                  </Button>
                </Popconfirm>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      <form
        className="row add-line"
        onSubmit={(event) => {
          event.preventDefault();
          void make();
        }}
      >
        <Input
          style={{ width: 260 }}
          aria-label={t("people.tokenName")}
          placeholder={t("people.tokenName")}
          value={name}
          onChange={(event) => setName(event.target.value)}
        />
        <Button htmlType="submit" disabled={!name.trim()}>
          {t("people.makeToken")}
        </Button>
      </form>
      {error !== null && (
        <p className="bad" role="alert">
          {sentence(error)}
        </p>
      )}
      {secret && (
        <Secret
          title={t("people.tokenTitle")}
          hint={t("people.tokenOnce")}
          value={secret}
          onClose={() => setSecret("")}
        />
      )}
    </>
  );
}
