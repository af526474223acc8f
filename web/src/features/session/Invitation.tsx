import { useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { Button, Input } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { ApiProblem, api } from "@/shared/api/client";
import { useSentence } from "@/shared/Problem";
import { Field, Frame } from "./Frame";

/** Choosing a password through the link that an administrator sent; it works once. */
export function Invitation() {
  const { t } = useTranslation();
  const token = new URLSearchParams(window.location.search).get("token");
  const [password, setPassword] = useState("");
  const [error, setError] = useState<unknown>(null);
  const [busy, setBusy] = useState(false);
  const sentence = useSentence();
  const navigate = useNavigate();
  const queries = useQueryClient();
  const problem = error instanceof ApiProblem ? error : null;
  if (!token || problem?.body.code === "INVITATION_LINK") {
    return (
      <Frame title={t("setup.linkTitle")} lead={problem ? sentence(problem) : t("auth.invitationAsk")} />
    );
  }
  const submit = async () => {
    setBusy(true);
    setError(null);
    try {
      await api("/invitations/accept", { body: { token, password } });
      queries.clear();
      await navigate({ to: "/" });
    } catch (refusal) {
      setError(refusal);
    } finally {
      setBusy(false);
    }
  };
  const beside = problem?.byField.password;
  return (
    <Frame title={t("auth.choose")} lead={t("auth.chooseLead")} onSubmit={submit}>
      <Field id="password" text={t("auth.password")} hint={t("auth.passwordHint")} problem={beside}>
        <Input.Password
          id="password"
          size="large"
          autoFocus
          autoComplete="new-password"
          aria-describedby="password-hint"
          value={password}
          onChange={(event) => setPassword(event.target.value)}
        />
      </Field>
      {error !== null && !beside && (
        <p className="refused" role="alert">
          {sentence(error)}
        </p>
      )}
      <Button type="primary" htmlType="submit" size="large" loading={busy} disabled={!password} block>
        {t("auth.chooseGo")}
      </Button>
    </Frame>
  );
}
