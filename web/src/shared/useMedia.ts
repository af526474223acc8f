import { useSyncExternalStore } from "react";

/** Whether a media query holds now, followed as the window changes. */
export function useMedia(wanted: string): boolean {
  return useSyncExternalStore(
    (changed) => {
      const media = window.matchMedia(wanted);
      media.addEventListener("change", changed);
      return () => media.removeEventListener("change", changed);
    },
    () => window.matchMedia(wanted).matches,
  );
}

/** Whether the window is as narrow as a phone's, below 640 px. */
export const usePhone = () => useMedia("(max-width: 639px)");
