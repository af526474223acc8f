import "./session.css";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { Button, Input, Radio } from "antd";
import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { setLanguage } from "@/i18n";
import { ApiProblem, api } from "@/shared/api/client";
import { useSentence } from "@/shared/Problem";

export function Setup() {
  const { t, i18n } = useTranslation();
  const token = new URLSearchParams(window.location.search).get("token");
  const state = useQuery({ queryKey: ["setup"], queryFn: () => api<{ needed: boolean }>("/setup") });
  const [values, setValues] = useState({
    workspace: "",
    name: "",
    email: "",
    password: "",
    starter: "sales",
  });
  const [error, setError] = useState<unknown>(null);
  const [busy, setBusy] = useState(false);
  const sentence = useSentence();
  const navigate = useNavigate();
  const queries = useQueryClient();
  const set = (name: keyof typeof values) => (event: { target: { value: string } }) =>
    setValues({ ...values, [name]: event.target.value });
  const problems = error instanceof ApiProblem ? error.byField : {};
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setBusy(true);
    setError(null);
    const zone = Intl.DateTimeFormat().resolvedOptions().timeZone || "Asia/Shanghai";
    const workspace = { name: values.workspace, locale: i18n.language, time_zone: zone, currency: "CNY" };
    try {
      await api("/setup", { body: { ...values, token, workspace } });
      queries.clear();
      await navigate({ to: "/" });
    } catch (problem) {
      setError(problem);
    } finally {
      setBusy(false);
    }
  };
  const field = (
    name: "workspace" | "name" | "email" | "password",
    text: string,
    type = "text",
    hint = "",
  ) => (
    <div className="field">
      <label htmlFor={name}>{text}</label>
      <Input
        id={name}
        type={type}
        required
        value={values[name]}
        onChange={set(name)}
        autoComplete={type === "password" ? "new-password" : undefined}
      />
      {hint && <p className="meta">{hint}</p>}
      {problems[name] && <p className="error">{problems[name]}</p>}
    </div>
  );
  return (
    <main className="auth">
      <form className="card" onSubmit={submit}>
        <div className="row">
          <h1 className="grow" style={{ fontSize: 18, lineHeight: "26px" }}>
            {t("setup.title")}
          </h1>
          <Button
            type="text"
            size="small"
            onClick={() => setLanguage(i18n.language === "en" ? "zh-CN" : "en")}
          >
            {t("shell.language")}
          </Button>
        </div>
        {state.data && !state.data.needed ? (
          <p>
            {t("setup.done")} <Link to="/login">{t("auth.signIn")}</Link>
          </p>
        ) : !token ? (
          <p>{t("setup.noToken")}</p>
        ) : (
          <>
            <p className="meta">{t("setup.lead")}</p>
            {field("workspace", t("setup.workspace"))}
            {field("name", t("setup.name"))}
            {field("email", t("auth.email"), "email")}
            {field("password", t("auth.password"), "password", t("auth.passwordHint"))}
            <div className="field">
              <span className="dense">{t("setup.starter")}</span>
              <Radio.Group
                value={values.starter}
                onChange={(event) => setValues({ ...values, starter: event.target.value })}
                options={[
                  { value: "sales", label: t("setup.sales") },
                  { value: "simple", label: t("setup.simple") },
                ]}
                vertical
              />
            </div>
            {error !== null && (
              <p className="bad dense" role="alert">
                {sentence(error)}
              </p>
            )}
            <Button type="primary" htmlType="submit" loading={busy} block>
              {t("setup.go")}
            </Button>
          </>
        )}
      </form>
    </main>
  );
}
