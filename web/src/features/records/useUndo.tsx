import { App, Button } from "antd";
import { useTranslation } from "react-i18next";
import { useSentence } from "@/shared/Problem";

const MOST = 2;
const shown: string[] = [];
let count = 0;

/** Says what happened elsewhere on the screen, for a while, with a way to take it back; at most two at a time. */
export function useUndo() {
  const { notification, message } = App.useApp();
  const { t } = useTranslation();
  const sentence = useSentence();
  /** `undo` may answer what could not be taken back. */
  return (title: string, undo?: () => Promise<unknown>) => {
    count += 1;
    const key = `undo-${count}`;
    shown.push(key);
    if (shown.length > MOST) notification.destroy(shown.shift());
    notification.open({
      key,
      title,
      placement: "bottomLeft",
      duration: 5,
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
