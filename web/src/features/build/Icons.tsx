import { useTranslation } from "react-i18next";
import { ICONS } from "@/app/icons";

/** The icons an object may have, one of them chosen. */
export function Icons({ value, onChange }: { value: string; onChange: (name: string) => void }) {
  const { t } = useTranslation();
  return (
    <div className="icons" role="radiogroup" aria-label={t("build.icon")}>
      {Object.entries(ICONS).map(([name, Icon]) => (
        <button
          key={name}
          type="button"
          role="radio"
          aria-checked={name === value}
          aria-label={name}
          className={name === value ? "plain on" : "plain"}
          onClick={() => onChange(name)}
        >
          <Icon size={16} strokeWidth={1.7} />
        </button>
      ))}
    </div>
  );
}
