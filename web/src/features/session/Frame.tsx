import "./session.css";
import { Button } from "antd";
import { ChartNoAxesColumnIncreasing, Languages } from "lucide-react";
import { type FormEvent, type ReactNode, useEffect } from "react";
import { useTranslation } from "react-i18next";
import { setLanguage } from "@/i18n";

interface Props {
  title: string;
  lead?: string;
  wide?: boolean;
  onSubmit?: () => void;
  children?: ReactNode;
}

/** The quiet page before the product: mark, language switch, one card with a form. */
export function Frame({ title, lead, wide, onSubmit, children }: Props) {
  const { t, i18n } = useTranslation();
  useEffect(() => {
    document.title = `${title} · ${t("app.name")}`;
  }, [title, t]);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    onSubmit?.();
  };
  return (
    <main className="auth">
      <header>
        <span className="mark">
          <ChartNoAxesColumnIncreasing size={15} strokeWidth={2.4} />
        </span>
        <span className="strong grow">{t("app.name")}</span>
        <Button
          type="text"
          size="small"
          icon={<Languages size={15} strokeWidth={1.7} />}
          onClick={() => setLanguage(i18n.language === "en" ? "zh-CN" : "en")}
        >
          {t("shell.language")}
        </Button>
      </header>
      <form className={wide ? "card wide" : "card"} onSubmit={submit} noValidate>
        <div>
          <h1>{title}</h1>
          {lead && <p className="lead">{lead}</p>}
        </div>
        {children}
      </form>
    </main>
  );
}

interface FieldProps {
  id: string;
  text: string;
  hint?: string;
  problem?: string;
  optional?: boolean;
  children: ReactNode;
}

/** A label, its control, a hint or what is wrong. The control takes `aria-describedby={id + "-hint"}`. */
export function Field({ id, text, hint, problem, children }: FieldProps) {
  return (
    <div className="field">
      <label htmlFor={id}>{text}</label>
      {children}
      <p id={`${id}-hint`} className={problem ? "error" : "meta"} role={problem ? "alert" : undefined}>
        {problem ?? hint}
      </p>
    </div>
  );
}
