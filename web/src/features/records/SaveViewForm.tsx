import { Button, Checkbox, Input, Modal, Popover } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";

/** The name of a new view, and whether others see it. It stays open, with what was typed, when saving is refused. */
export function SaveViewForm({
  mayShare,
  onDone,
}: {
  mayShare: boolean;
  onDone: (name: string, shared: boolean) => Promise<boolean>;
}) {
  const { t } = useTranslation();
  const [open, setOpen] = useState(false);
  const [name, setName] = useState("");
  const [shared, setShared] = useState(false);
  return (
    <Popover
      trigger="click"
      open={open}
      onOpenChange={setOpen}
      placement="bottomLeft"
      content={
        <form
          className="condition"
          onSubmit={async (event) => {
            event.preventDefault();
            if (!name.trim() || !(await onDone(name.trim(), shared))) return;
            setOpen(false);
            setName("");
          }}
        >
          <Input
            autoFocus
            aria-label={t("list.viewName")}
            placeholder={t("list.viewName")}
            maxLength={60}
            value={name}
            onChange={(event) => setName(event.target.value)}
          />
          {mayShare && (
            <Checkbox checked={shared} onChange={(event) => setShared(event.target.checked)}>
              {t("list.shareView")}
            </Checkbox>
          )}
          <Button type="primary" htmlType="submit" disabled={!name.trim()}>
            {t("list.saveView")}
          </Button>
        </form>
      }
    >
      <button type="button" className="plain link">
        {t("list.saveAs")}
      </button>
    </Popover>
  );
}

/** Another name for something. */
export function NameDialog({
  title,
  name,
  onDone,
  onClose,
}: {
  title: string;
  name: string;
  onDone: (name: string) => Promise<unknown>;
  onClose: () => void;
}) {
  const { t } = useTranslation();
  const [text, setText] = useState(name);
  const done = () => text.trim() && void onDone(text.trim());
  return (
    <Modal
      open
      width={380}
      title={title}
      onCancel={onClose}
      onOk={done}
      okText={t("form.save")}
      cancelText={t("form.cancel")}
      okButtonProps={{ disabled: !text.trim() }}
    >
      <Input
        autoFocus
        aria-label={t("list.viewName")}
        maxLength={60}
        value={text}
        onChange={(event) => setText(event.target.value)}
        onPressEnter={(event) => !event.nativeEvent.isComposing && done()}
      />
    </Modal>
  );
}
