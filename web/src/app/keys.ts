import { useNavigate } from "@tanstack/react-router";
import { useEffect, useRef } from "react";
import type { Place } from "@/app/navigation";

export const COMMAND = /Mac|iPhone|iPad/.test(navigator.platform) ? "⌘" : "Ctrl ";

/** Single letters rest while somebody writes or an input method composes. */
function isWriting(event: KeyboardEvent): boolean {
  const target = event.target as HTMLElement | null;
  return (
    event.isComposing ||
    !!target?.closest("input, textarea, select, [contenteditable=true], [role=dialog], [role=combobox]")
  );
}

interface Acts {
  search: () => void;
  create: () => void;
  map: () => void;
}

/** The shell's keys: Ctrl or ⌘ K, G and a letter, C, ?. */
export function useShellKeys(places: Place[], acts: Acts): void {
  const navigate = useNavigate();
  const latest = useRef({ places, acts });
  latest.current = { places, acts };
  useEffect(() => {
    let waitsForPlace = 0;
    const onKey = (event: KeyboardEvent) => {
      const { places: known, acts: now } = latest.current;
      const key = event.key.toLowerCase();
      if ((event.metaKey || event.ctrlKey) && key === "k" && !event.isComposing) {
        event.preventDefault();
        now.search();
        return;
      }
      if (event.metaKey || event.ctrlKey || event.altKey || event.defaultPrevented || isWriting(event))
        return;
      if (Date.now() < waitsForPlace) {
        waitsForPlace = 0;
        const place = known.find((one) => one.letter === key);
        if (place) {
          event.preventDefault();
          void navigate({ to: place.to });
        }
        return;
      }
      if (key === "g") waitsForPlace = Date.now() + 1200;
      else if (key === "c") {
        event.preventDefault();
        now.create();
      } else if (event.key === "?") {
        event.preventDefault();
        now.map();
      }
    };
    window.addEventListener("keydown", onKey);
    return () => window.removeEventListener("keydown", onKey);
  }, [navigate]);
}
