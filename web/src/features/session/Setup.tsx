import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { Button, Input, Select } from "antd";
import { useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { type Language, setLanguage } from "@/i18n";
import { ApiProblem, api } from "@/shared/api/client";
import { useSentence } from "@/shared/Problem";
import { Field, Frame } from "./Frame";
import { CURRENCIES, currencyOf, zones } from "./places";

type Starter = "sales" | "simple" | null;

/** The first minute of a workspace: who, where, and what to start with. Works only through the printed link. */
export function Setup() {
  const { t, i18n } = useTranslation();
  const token = new URLSearchParams(window.location.search).get("token");
  const state = useQuery({ queryKey: ["setup"], queryFn: () => api<{ needed: boolean }>("/setup") });
  const here = Intl.DateTimeFormat().resolvedOptions().timeZone || "Asia/Shanghai";
  const [values, setValues] = useState({
    workspace: "",
    name: "",
    email: "",
    password: "",
    zone: here,
    currency: currencyOf(here),
    starter: "sales" as Starter,
  });
  const [error, setError] = useState<unknown>(null);
  const [checked, setChecked] = useState(false);
  const [busy, setBusy] = useState(false);
  const form = useRef<HTMLDivElement>(null);
  const sentence = useSentence();
  const navigate = useNavigate();
  const queries = useQueryClient();
  const set = (changes: Partial<typeof values>) => setValues({ ...values, ...changes });
  const problem = error instanceof ApiProblem ? error : null;
  const from = problem?.byField ?? {};
  const problems: Record<string, string | undefined> = {
    workspace: from["workspace.name"] ?? from.workspace,
    name: from.name,
    email: from.email,
    password: from.password,
    zone: from.time_zone ?? from["workspace.time_zone"],
    currency: from["workspace.currency"],
  };
  if (checked) {
    if (!values.workspace.trim()) problems.workspace ??= t("setup.workspaceMissing");
    if (!values.name.trim()) problems.name ??= t("setup.nameMissing");
    if (!/^\S+@\S+\.\S+$/.test(values.email.trim())) problems.email ??= t("setup.emailMissing");
    if (values.password.length < 8) problems.password ??= t("setup.passwordShort");
  }
  const placed = Object.values(problems).some(Boolean);
  useEffect(() => {
    if (!checked && error === null) return;
    form.current?.querySelector<HTMLElement>("[aria-invalid=true]")?.focus();
  }, [checked, error]);
  const submit = async () => {
    setChecked(true);
    setError(null);
    const complete =
      values.workspace.trim() &&
      values.name.trim() &&
      values.password.length >= 8 &&
      /^\S+@\S+\.\S+$/.test(values.email.trim());
    if (!complete) return;
    setBusy(true);
    const workspace = {
      name: values.workspace,
      locale: i18n.language,
      time_zone: values.zone,
      currency: values.currency,
    };
    const { name, email, password, starter } = values;
    try {
      await api("/setup", { body: { name, email, password, starter, token, workspace } });
      queries.clear();
      await navigate({ to: "/" });
    } catch (refusal) {
      setError(refusal);
    } finally {
      setBusy(false);
    }
  };
  if (state.data && !state.data.needed) {
    return (
      <Frame title={t("setup.doneTitle")} lead={t("setup.done")}>
        <Link to="/login" search={{}} className="button-link">
          {t("auth.signIn")}
        </Link>
      </Frame>
    );
  }
  if (!token || problem?.body.code === "SETUP_LINK") {
    return (
      <Frame title={t("setup.linkTitle")} lead={token ? t("setup.linkWrong") : t("setup.noToken")}>
        <p className="dense">{t("setup.linkHow")}</p>
      </Frame>
    );
  }
  const input = (name: "workspace" | "name" | "email" | "password", text: string, hint?: string) => {
    const shared = {
      id: name,
      value: values[name],
      "aria-invalid": !!problems[name],
      "aria-required": true,
      "aria-describedby": `${name}-hint`,
      status: problems[name] ? ("error" as const) : ("" as const),
      onChange: (event: { target: { value: string } }) => set({ [name]: event.target.value }),
    };
    return (
      <Field id={name} text={text} hint={hint} problem={problems[name]}>
        {name === "password" ? (
          <Input.Password {...shared} autoComplete="new-password" />
        ) : (
          <Input
            {...shared}
            type={name === "email" ? "email" : "text"}
            autoFocus={name === "workspace"}
            autoComplete={{ workspace: "organization", name: "name", email: "username" }[name]}
          />
        )}
      </Field>
    );
  };
  const starters: [Starter, string, string][] = [
    ["sales", t("setup.sales"), t("setup.salesHint")],
    ["simple", t("setup.simple"), t("setup.simpleHint")],
    [null, t("setup.none"), t("setup.noneHint")],
  ];
  return (
    <Frame title={t("setup.title")} lead={t("setup.lead")} wide onSubmit={submit}>
      <div ref={form} className="fields two">
        <div className="span">{input("workspace", t("setup.workspace"))}</div>
        {input("name", t("setup.name"))}
        {input("email", t("auth.email"))}
        {input("password", t("auth.password"), t("auth.passwordHint"))}
        <Field id="language" text={t("setup.language")}>
          <Select
            id="language"
            value={i18n.language as Language}
            onChange={setLanguage}
            options={[
              { value: "zh-CN", label: "简体中文" },
              { value: "en", label: "English" },
            ]}
          />
        </Field>
        <Field id="zone" text={t("setup.zone")} problem={problems.zone}>
          <Select
            id="zone"
            showSearch
            value={values.zone}
            onChange={(zone) => set({ zone })}
            options={zones(here).map((zone) => ({ value: zone, label: zone.replaceAll("_", " ") }))}
          />
        </Field>
        <Field id="currency" text={t("setup.currency")} problem={problems.currency}>
          <Select
            id="currency"
            showSearch={{ optionFilterProp: "label" }}
            value={values.currency}
            onChange={(currency) => set({ currency })}
            options={CURRENCIES.map((code) => ({ value: code, label: currencyName(code, i18n.language) }))}
          />
        </Field>
        <fieldset className="span starters">
          <legend>{t("setup.starter")}</legend>
          {starters.map(([key, name, what]) => (
            <label key={String(key)} className={values.starter === key ? "on" : ""}>
              <input
                type="radio"
                name="starter"
                checked={values.starter === key}
                onChange={() => set({ starter: key })}
              />
              <span>
                <span className="strong">{name}</span>
                <span className="meta">{what}</span>
              </span>
            </label>
          ))}
        </fieldset>
      </div>
      {error !== null && !placed && (
        <p className="refused" role="alert">
          {sentence(error)}
        </p>
      )}
      <Button type="primary" htmlType="submit" size="large" loading={busy} block>
        {t("setup.go")}
      </Button>
    </Frame>
  );
}

function currencyName(code: string, locale: string): string {
  const name = new Intl.DisplayNames([locale], { type: "currency" }).of(code);
  return name && name !== code ? `${code} ${name}` : code;
}
