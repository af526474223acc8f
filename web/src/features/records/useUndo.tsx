import { App, Button } from "antd";
import { useTranslation } from "react-i18next";
import { useSentence } from "@/shared/Problem";

/** Says what happened elsewhere on the screen, for a while, with a way to take it back. */
export function useUndo() {
  const { notification, message } = App.useApp();
  const { t } = useTranslation();
  const sentence = useSentence();
  /** `undo` may answer what could not be taken back. */
  return (title: string, undo?: () => Promise<unknown>) => {
    const key = `undo-${Date.now()}`;
    notification.open({
      key,
      title,
      placement: "bottomLeft",
      duration: 8,
      role: "status",
      actions: undo && (
        <Button
          size="small"
          onClick={async () => {
            notification.destroy(key);
            try {
              const left = await undo();
              if (typeof left === "string") message.warning(left, 6);
              else message.success(t("list.undone"));
            } catch (problem) {
              message.error(sentence(problem));
            }
          }}
        >
          {t("list.undo")}
        </Button>
      ),
    });
  };
}
