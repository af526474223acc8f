import { useTranslation } from "react-i18next";
import type { OptionDef } from "./api/types";
import { label } from "./format/format";

/** The signature: small bars filled up to the present stage; green when won, grey when lost. */
export function StageBar({ stages, value }: { stages: OptionDef[]; value: string | null | undefined }) {
  const { t, i18n } = useTranslation();
  const path = stages.filter((stage) => stage.kind !== "lost");
  const at = path.findIndex((stage) => stage.key === value);
  const present = stages.find((stage) => stage.key === value);
  const kind = present?.kind ?? "open";
  const name = t("stage.bar", { name: label(present?.labels, i18n.language), at: at + 1, of: path.length });
  return (
    <span className="stagebar" role="img" aria-label={name}>
      {path.map((stage, place) => {
        const on = kind === "lost" ? "lost" : kind === "won" ? "won" : "on";
        return <i key={stage.key} className={kind === "lost" || place <= at ? on : ""} />;
      })}
    </span>
  );
}
