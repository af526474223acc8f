import { Button, Radio } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { RecordData } from "@/shared/api/types";
import { FieldValue } from "@/shared/fields/FieldValue";
import { label } from "@/shared/format/format";
import type { Clash, Values } from "./model";

/** Somebody saved first: both values of each field side by side, mine or theirs per field. */
export function Clashes({
  clashes,
  who,
  record,
  onDecide,
  onCancel,
  busy,
}: {
  clashes: Clash[];
  who: string;
  record: RecordData;
  onDecide: (values: Values) => void;
  onCancel: () => void;
  busy?: boolean;
}) {
  const { t, i18n } = useTranslation();
  const [theirs, setTheirs] = useState<Set<string>>(new Set());
  const choose = (key: string, take: boolean) => {
    const next = new Set(theirs);
    if (take) next.add(key);
    else next.delete(key);
    setTheirs(next);
  };
  return (
    <section className="clashes" role="alertdialog" aria-label={t("record.clash.title", { who })}>
      <p className="strong">{t("record.clash.title", { who })}</p>
      {clashes.map(({ field, mine, theirs: other }) => {
        const name = label(field.labels, i18n.language);
        const shown = (value: unknown) => (
          <FieldValue field={field} record={{ ...record, [field.key]: value }} />
        );
        return (
          <fieldset key={field.key}>
            <legend className="meta">{name}</legend>
            <Radio.Group
              value={theirs.has(field.key) ? "theirs" : "mine"}
              onChange={(event) => choose(field.key, event.target.value === "theirs")}
            >
              <Radio value="mine" aria-label={t("record.clash.keepMine", { name })}>
                <span className="meta">{t("record.clash.mine")}</span> {shown(mine)}
              </Radio>
              <Radio value="theirs" aria-label={t("record.clash.takeTheirs", { name })}>
                <span className="meta">{t("record.clash.theirs")}</span> {shown(other)}
              </Radio>
            </Radio.Group>
          </fieldset>
        );
      })}
      <div className="row">
        <Button
          size="small"
          type="primary"
          loading={busy}
          onClick={() =>
            onDecide(
              Object.fromEntries(
                clashes.filter((one) => !theirs.has(one.field.key)).map((one) => [one.field.key, one.mine]),
              ),
            )
          }
        >
          {t("record.clash.save")}
        </Button>
        <Button size="small" onClick={onCancel}>
          {t("form.cancel")}
        </Button>
      </div>
    </section>
  );
}
