import { useEffect, useRef } from "react";

/** Whether a key press is meant for what has the focus: a field, a menu, a dialog, an input method. */
export function isTyping(event: KeyboardEvent): boolean {
  if (event.isComposing || event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented)
    return true;
  if (document.querySelector(".ant-drawer-open, .ant-modal-wrap:not([style*='display: none'])")) return true;
  const target = event.target as HTMLElement | null;
  if (!target?.closest) return false;
  return Boolean(
    target.isContentEditable ||
      target.closest(
        "input:not([type=checkbox]), textarea, select, [role=menu], [role=listbox], [role=combobox]",
      ),
  );
}

/** Single-letter keys of a screen, at rest while somebody types. Keys are named as `KeyboardEvent.key`, in lower case. */
export function useKeys(keys: Record<string, () => void>): void {
  const latest = useRef(keys);
  latest.current = keys;
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      const act = latest.current[event.key.length === 1 ? event.key.toLowerCase() : event.key];
      if (!act || isTyping(event)) return;
      event.preventDefault();
      act();
    };
    window.addEventListener("keydown", onKey);
    return () => window.removeEventListener("keydown", onKey);
  }, []);
}
