import { type ErrorComponentProps, Link } from "@tanstack/react-router";
import { Button } from "antd";
import { useTranslation } from "react-i18next";

/** What a screen that broke shows instead: the rest of the shell stays, nothing saved is lost. */
export function ErrorPage({ error, reset }: ErrorComponentProps) {
  const { t } = useTranslation();
  // After an upgrade the old page asks for parts that are gone; loading it anew is all it takes.
  const message = error instanceof Error ? error.message : String(error);
  const isOld = /dynamically imported module|module script failed|preload CSS/i.test(message);
  return (
    <div className="empty" role="alert">
      <h1 className="section-title">{isOld ? t("error.newVersion") : t("error.broken")}</h1>
      <p className="meta">{isOld ? t("error.newVersionHint") : t("error.brokenHint")}</p>
      {!isOld && <code className="meta">{message}</code>}
      <div className="row">
        <Button type="primary" onClick={() => (isOld ? window.location.reload() : reset())}>
          {isOld ? t("error.reload") : t("error.retry")}
        </Button>
        <Link to="/">{t("error.home")}</Link>
      </div>
    </div>
  );
}
