import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Navigate, useNavigate, useSearch } from "@tanstack/react-router";
import { Button, Input, type InputRef } from "antd";
import { useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { ApiProblem, api } from "@/shared/api/client";
import { useSentence } from "@/shared/Problem";
import { Field, Frame } from "./Frame";

/** Only a path of our own: an address in the link must not lead to another site after signing in. */
export const safeNext = (next: string | undefined) =>
  next?.startsWith("/") && !next.startsWith("//") && !next.includes("\\") ? next : "/";

export function SignIn() {
  const { t } = useTranslation();
  const { next } = useSearch({ from: "/login" });
  const [email, setEmail] = useState("");
  const [password, setPassword] = useState("");
  const [error, setError] = useState<unknown>(null);
  const [busy, setBusy] = useState(false);
  const secret = useRef<InputRef>(null);
  const sentence = useSentence();
  const navigate = useNavigate();
  const queries = useQueryClient();
  const setup = useQuery({ queryKey: ["setup"], queryFn: () => api<{ needed: boolean }>("/setup") });
  if (setup.data?.needed) return <Navigate to="/setup" />;
  const code = error instanceof ApiProblem ? error.body.code : "";
  const submit = async () => {
    if (!email.trim() || !password) {
      setError("empty");
      return;
    }
    setBusy(true);
    setError(null);
    try {
      await api("/session", { body: { email, password } });
      queries.clear();
      await navigate({ href: safeNext(next) });
    } catch (problem) {
      setError(problem);
      if (problem instanceof ApiProblem && problem.body.code === "WRONG_PASSWORD") {
        secret.current?.focus({ cursor: "all" });
      }
    } finally {
      setBusy(false);
    }
  };
  return (
    <Frame title={t("auth.title")} onSubmit={submit}>
      <Field
        id="email"
        text={t("auth.email")}
        problem={error === "empty" && !email.trim() ? t("auth.emailMissing") : undefined}
      >
        <Input
          id="email"
          type="email"
          size="large"
          autoComplete="username"
          autoFocus
          aria-describedby="email-hint"
          value={email}
          onChange={(event) => setEmail(event.target.value)}
        />
      </Field>
      <Field
        id="password"
        text={t("auth.password")}
        problem={error === "empty" && !password ? t("auth.passwordMissing") : undefined}
      >
        <Input.Password
          id="password"
          ref={secret}
          size="large"
          autoComplete="current-password"
          aria-describedby="password-hint"
          value={password}
          onChange={(event) => setPassword(event.target.value)}
        />
      </Field>
      {error !== null && error !== "empty" && (
        <div className="refused" role="alert">
          <p>{sentence(error)}</p>
          {code === "LOCKED_OUT" && <p className="meta">{t("auth.lockedHint")}</p>}
          {code === "WRONG_PASSWORD" && <p className="meta">{t("auth.wrongHint")}</p>}
        </div>
      )}
      <Button type="primary" htmlType="submit" size="large" loading={busy} block>
        {t("auth.signIn")}
      </Button>
    </Frame>
  );
}
