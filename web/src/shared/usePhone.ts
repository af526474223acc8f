import { useSyncExternalStore } from "react";

/** Whether the window is as narrow as a phone's, below 640 px. */
export function usePhone(): boolean {
  return useSyncExternalStore(
    (changed) => {
      const media = window.matchMedia("(max-width: 639px)");
      media.addEventListener("change", changed);
      return () => media.removeEventListener("change", changed);
    },
    () => window.matchMedia("(max-width: 639px)").matches,
  );
}
