import "./notices.css";
import { Link } from "@tanstack/react-router";
import { Button } from "antd";
import { useTranslation } from "react-i18next";
import { useMe } from "@/shared/api/queries";
import { moment } from "@/shared/format/format";
import { ProblemBox } from "@/shared/Problem";
import { type Notice, useNotices, useRead } from "./api";

/** Where a notice leads: its record, its import; nowhere when its record is out of sight. */
function Target({ notice, children, onGo }: { notice: Notice; children: React.ReactNode; onGo: () => void }) {
  if (notice.object && notice.record)
    return (
      <Link
        className="notice"
        to="/o/$object/$id"
        params={{ object: notice.object, id: notice.record.id }}
        onClick={onGo}
      >
        {children}
      </Link>
    );
  if (notice.params.import)
    return (
      <Link className="notice" to="/import" search={{ id: notice.params.import }} onClick={onGo}>
        {children}
      </Link>
    );
  return <div className="notice">{children}</div>;
}

/** Notices, newest first; opening one ticks it off. */
export function Notices({ onGo }: { onGo?: () => void }) {
  const { t, i18n } = useTranslation();
  const me = useMe();
  const found = useNotices();
  const read = useRead();
  const zone = me.data?.workspace.time_zone ?? "UTC";
  const notices = found.data?.pages.flatMap((page) => page.notices) ?? [];
  const unread = found.data?.pages[0]?.unread ?? 0;
  if (found.error && !found.data) return <ProblemBox error={found.error} retry={() => found.refetch()} />;
  if (!found.data) return null;
  if (notices.length === 0) return <p className="empty dense">{t("notice.empty")}</p>;
  return (
    <>
      <div className="notices-head row">
        <span className="grow" />
        <Button size="small" type="text" disabled={unread === 0} onClick={() => read.mutate(null)}>
          {t("notice.readAll")}
        </Button>
      </div>
      <ol className="notices">
        {notices.map((notice) => (
          <li key={notice.id} className={notice.read ? "" : "unread"}>
            <Target
              notice={notice}
              onGo={() => {
                if (!notice.read) read.mutate([notice.id]);
                onGo?.();
              }}
            >
              {notice.read ? (
                <span className="gap" />
              ) : (
                <span className="dot" role="img" aria-label={t("notice.unread")} />
              )}
              <span className="grow">
                <span className="said">{notice.text}</span>
                <time className="meta" dateTime={notice.at}>
                  {moment(notice.at, i18n.language, zone)}
                </time>
              </span>
            </Target>
          </li>
        ))}
      </ol>
      {found.hasNextPage && (
        <Button block type="text" loading={found.isFetchingNextPage} onClick={() => found.fetchNextPage()}>
          {t("notice.more")}
        </Button>
      )}
    </>
  );
}

/** The notices as a page of their own, for the phone and for a link. */
export function NoticesPage() {
  const { t } = useTranslation();
  return (
    <>
      <div className="page-bar">
        <h1>{t("notice.title")}</h1>
      </div>
      <div className="notices-page">
        <Notices />
      </div>
    </>
  );
}
