import { Input } from "antd";
import { useTranslation } from "react-i18next";
import type { Labels } from "@/shared/api/types";

interface Props {
  id: string;
  labels: Labels;
  disabled?: boolean;
  autoFocus?: boolean;
  problem?: string;
  onChange: (labels: Labels) => void;
}

/** A name in both languages, side by side. */
export function Names({ id, labels, disabled, autoFocus, problem, onChange }: Props) {
  const { t } = useTranslation();
  return (
    <div>
      <div className="pair">
        <div className="field">
          <label htmlFor={`${id}-zh`}>{t("build.zh")}</label>
          <Input
            id={`${id}-zh`}
            value={labels.zh}
            disabled={disabled}
            autoFocus={autoFocus}
            maxLength={100}
            onFocus={(event) => autoFocus && event.target.select()}
            onChange={(event) => onChange({ ...labels, zh: event.target.value })}
          />
        </div>
        <div className="field">
          <label htmlFor={`${id}-en`}>{t("build.en")}</label>
          <Input
            id={`${id}-en`}
            value={labels.en}
            disabled={disabled}
            maxLength={100}
            onChange={(event) => onChange({ ...labels, en: event.target.value })}
          />
        </div>
      </div>
      {problem && <p className="bad meta">{problem}</p>}
    </div>
  );
}
