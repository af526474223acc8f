import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { Input, type InputRef, Modal } from "antd";
import { useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { api, query } from "@/shared/api/client";
import type { Labels, ObjectDef } from "@/shared/api/types";
import { label } from "@/shared/format/format";

interface Group {
  object: string;
  plural: Labels;
  hits: { id: string; label: string }[];
}

/** Search of all records and a jump to every list: words, pinyin initials, phone digits. */
export function Palette({ objects, onClose }: { objects: ObjectDef[]; onClose: () => void }) {
  const { t, i18n } = useTranslation();
  const [text, setText] = useState("");
  const [at, setAt] = useState(0);
  const input = useRef<InputRef>(null);
  const navigate = useNavigate();
  useEffect(() => input.current?.focus(), []);
  const found = useQuery({
    queryKey: ["search", text],
    queryFn: async () => (await api<{ results: Group[] }>(`/search${query({ q: text })}`)).results,
    enabled: text.trim().length > 0,
    placeholderData: (before) => before,
  });
  const places = objects
    .filter(
      (object) => !text || label(object.plural, i18n.language).toLowerCase().includes(text.toLowerCase()),
    )
    .slice(0, text ? 4 : 12)
    .map((object) => ({
      key: object.key,
      group: t("shell.goTo"),
      text: label(object.plural, i18n.language),
      open: () => navigate({ to: "/o/$object", params: { object: object.key } }),
    }));
  const hits = (text ? (found.data ?? []) : []).flatMap((group) =>
    group.hits.map((hit) => ({
      key: hit.id,
      group: label(group.plural, i18n.language),
      text: hit.label,
      open: () => navigate({ to: "/o/$object/$id", params: { object: group.object, id: hit.id } }),
    })),
  );
  const lines = [...hits, ...places];
  const open = (place: number) => {
    const line = lines[place];
    if (!line) return;
    onClose();
    void line.open();
  };
  return (
    <Modal open onCancel={onClose} footer={null} closable={false} width={560} style={{ top: 80 }}>
      <Input
        ref={input}
        value={text}
        placeholder={t("shell.search")}
        aria-label={t("shell.search")}
        onChange={(event) => {
          setText(event.target.value);
          setAt(0);
        }}
        onKeyDown={(event) => {
          if (event.nativeEvent.isComposing) return;
          if (event.key === "ArrowDown") setAt(Math.min(at + 1, lines.length - 1));
          if (event.key === "ArrowUp") setAt(Math.max(at - 1, 0));
          if (event.key === "Enter") open(at);
        }}
      />
      <div role="listbox" style={{ marginTop: 10, maxHeight: 380, overflowY: "auto" }}>
        {lines.map((line, place) => (
          <button
            type="button"
            role="option"
            aria-selected={place === at}
            key={`${line.group}-${line.key}`}
            className={`plain nav${place === at ? " active" : ""}`}
            style={{ width: "100%", padding: "0 10px" }}
            onMouseEnter={() => setAt(place)}
            onClick={() => open(place)}
          >
            <span className="grow cut">{line.text}</span>
            <span className="meta">{line.group}</span>
          </button>
        ))}
        {text && !found.isFetching && lines.length === 0 && <p className="empty">{t("shell.noHits")}</p>}
      </div>
    </Modal>
  );
}
