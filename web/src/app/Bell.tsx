import { Drawer, Tooltip } from "antd";
import { Bell as BellIcon } from "lucide-react";
import { lazy, Suspense, useState } from "react";
import { useTranslation } from "react-i18next";
import { useUnread } from "@/features/notices/api";

const Notices = lazy(async () => ({ default: (await import("@/features/notices/Notices")).Notices }));

/** The bell in the sidebar: how many notices wait, and a panel with them. */
export function Bell({ folded }: { folded: boolean }) {
  const { t } = useTranslation();
  const [open, setOpen] = useState(false);
  const unread = useUnread();
  const name = unread ? t("notice.open", { count: unread }) : t("notice.none");
  const button = (
    <button
      type="button"
      className="plain nav bell"
      aria-label={name}
      aria-haspopup="dialog"
      onClick={() => setOpen(true)}
    >
      <BellIcon size={16} strokeWidth={1.7} />
      <span className="cut grow">{t("notice.title")}</span>
      {unread > 0 && <span className="count late">{unread}</span>}
    </button>
  );
  return (
    <>
      {folded ? (
        <Tooltip title={name} placement="right">
          {button}
        </Tooltip>
      ) : (
        button
      )}
      <Drawer
        open={open}
        onClose={() => setOpen(false)}
        placement="left"
        size={400}
        title={t("notice.title")}
        styles={{ body: { padding: 0 } }}
      >
        <Suspense fallback={null}>{open && <Notices onGo={() => setOpen(false)} />}</Suspense>
      </Drawer>
    </>
  );
}
