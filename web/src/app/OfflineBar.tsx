import { useQueryClient } from "@tanstack/react-query";
import { WifiOff } from "lucide-react";
import { useEffect, useSyncExternalStore } from "react";
import { useTranslation } from "react-i18next";
import { traffic } from "@/shared/api/traffic";

export const useTraffic = () => useSyncExternalStore(traffic.subscribe, traffic.current);

/** A bar over everything while the server cannot be reached: reading goes on, edits wait. */
export function OfflineBar() {
  const { t } = useTranslation();
  const { reachable } = useTraffic();
  const queries = useQueryClient();
  useEffect(() => {
    const on = () => traffic.network(true);
    const off = () => traffic.network(false);
    window.addEventListener("online", on);
    window.addEventListener("offline", off);
    return () => {
      window.removeEventListener("online", on);
      window.removeEventListener("offline", off);
    };
  }, []);
  if (reachable) return null;
  return (
    <div className="offline" role="status">
      <WifiOff size={14} strokeWidth={1.7} />
      <span>{t("error.offlineBar")}</span>
      <button type="button" className="plain link" onClick={() => queries.invalidateQueries()}>
        {t("error.retry")}
      </button>
    </div>
  );
}
