import { useTranslation } from "react-i18next";

/** An account's tier as a letter: A filled, B outlined, C soft. Nothing for those without. */
export function TierMark({ tier }: { tier: string | undefined }) {
  const { t } = useTranslation();
  if (!tier || !["a", "b", "c"].includes(tier)) return null;
  const letter = tier.toUpperCase();
  return (
    <span className={`tier ${tier}`} role="img" aria-label={t("stage.tier", { tier: letter })}>
      {letter}
    </span>
  );
}
