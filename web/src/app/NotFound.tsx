import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";

/** No such page, or none that this person may see: both look the same. */
export function NotFound() {
  const { t } = useTranslation();
  return (
    <div className="empty" style={{ margin: "auto" }}>
      <h1 className="section-title">{t("error.notFound")}</h1>
      <p className="meta">{t("error.notFoundHint")}</p>
      <Link to="/">{t("error.home")}</Link>
    </div>
  );
}
