import { useNavigate } from "@tanstack/react-router";
import { App, Button } from "antd";
import { useTranslation } from "react-i18next";
import type { ObjectDef, RecordData } from "@/shared/api/types";

/** Says that a record was made from where one is, and offers to open it: the work at hand stays in place. */
export function useMade() {
  const { notification } = App.useApp();
  const { t } = useTranslation();
  const navigate = useNavigate();
  return (object: ObjectDef, record: RecordData) => {
    const key = `made-${record.id}`;
    notification.open({
      key,
      title: t("shell.made", { name: String(record[object.name_field ?? ""] ?? "") }),
      placement: "bottomLeft",
      duration: 5,
      role: "status",
      actions: (
        <Button
          size="small"
          onClick={() => {
            notification.destroy(key);
            void navigate({ to: "/o/$object/$id", params: { object: object.key, id: record.id } });
          }}
        >
          {t("shell.openMade")}
        </Button>
      ),
    });
  };
}
