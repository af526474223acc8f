import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";

export function NotFound() {
  const { t } = useTranslation();
  return (
    <div className="empty">
      <h1 className="section-title">{t("error.notFound")}</h1>
      <Link to="/">{t("error.home")}</Link>
    </div>
  );
}
