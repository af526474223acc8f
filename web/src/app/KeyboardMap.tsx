import { Modal } from "antd";
import { useTranslation } from "react-i18next";
import { COMMAND } from "@/app/keys";
import type { Place } from "@/app/navigation";

/** Every key that the shell answers to. */
export function KeyboardMap({ places, onClose }: { places: Place[]; onClose: () => void }) {
  const { t } = useTranslation();
  const lines: [string, string][] = [
    [`${COMMAND}K`, t("shell.keySearch")],
    ["C", t("shell.keyCreate")],
    ...places
      .filter((place) => place.letter)
      .map((place): [string, string] => [`G ${place.letter?.toUpperCase()}`, place.text]),
    [`${COMMAND}Enter`, t("shell.keySave")],
    ["Esc", t("shell.keyBack")],
    ["?", t("shell.keyMap")],
  ];
  return (
    <Modal open title={t("shell.keyMap")} footer={null} onCancel={onClose} width={420}>
      <dl className="keymap">
        {lines.map(([keys, what]) => (
          <div key={keys}>
            <dt>
              {keys.split(" ").map((one) => (
                <kbd key={one}>{one}</kbd>
              ))}
            </dt>
            <dd>{what}</dd>
          </div>
        ))}
      </dl>
    </Modal>
  );
}
