import "./session.css";
import { useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { Button, Input } from "antd";
import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { setLanguage } from "@/i18n";
import { api } from "@/shared/api/client";
import { useSentence } from "@/shared/Problem";

export function SignIn() {
  const { t, i18n } = useTranslation();
  const [email, setEmail] = useState("");
  const [password, setPassword] = useState("");
  const [error, setError] = useState<unknown>(null);
  const [busy, setBusy] = useState(false);
  const sentence = useSentence();
  const navigate = useNavigate();
  const queries = useQueryClient();
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setBusy(true);
    setError(null);
    try {
      await api("/session", { body: { email, password } });
      queries.clear();
      await navigate({ to: "/" });
    } catch (problem) {
      setError(problem);
    } finally {
      setBusy(false);
    }
  };
  return (
    <main className="auth">
      <form className="card" onSubmit={submit}>
        <div className="row">
          <h1 className="grow" style={{ fontSize: 18, lineHeight: "26px" }}>
            {t("app.name")}
          </h1>
          <Button
            type="text"
            size="small"
            onClick={() => setLanguage(i18n.language === "en" ? "zh-CN" : "en")}
          >
            {t("shell.language")}
          </Button>
        </div>
        <div className="field">
          <label htmlFor="email">{t("auth.email")}</label>
          <Input
            id="email"
            type="email"
            autoComplete="username"
            required
            value={email}
            onChange={(event) => setEmail(event.target.value)}
          />
        </div>
        <div className="field">
          <label htmlFor="password">{t("auth.password")}</label>
          <Input.Password
            id="password"
            autoComplete="current-password"
            required
            value={password}
            onChange={(event) => setPassword(event.target.value)}
          />
        </div>
        {error !== null && (
          <p className="bad dense" role="alert">
            {sentence(error)}
          </p>
        )}
        <Button type="primary" htmlType="submit" loading={busy} block>
          {t("auth.signIn")}
        </Button>
      </form>
    </main>
  );
}
