import { Button, Input, Modal } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";

/** A link or a token that is shown this once, to be copied. */
export function Secret(props: { title: string; hint: string; value: string; onClose: () => void }) {
  const { t } = useTranslation();
  const [copied, setCopied] = useState(false);
  const copy = async () => {
    // Without https there is no clipboard; the field is selected and Ctrl C does it.
    await navigator.clipboard?.writeText(props.value);
    setCopied(!!navigator.clipboard);
  };
  return (
    <Modal
      open
      title={props.title}
      onCancel={props.onClose}
      footer={
        <Button type="primary" onClick={copy}>
          {copied ? t("people.copied") : t("people.copy")}
        </Button>
      }
    >
      <p className="dense">{props.hint}</p>
      <Input
        readOnly
        aria-label={props.title}
        value={props.value}
        onFocus={(event) => event.target.select()}
        style={{ marginTop: 8 }}
      />
    </Modal>
  );
}
