import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { Input, type InputRef, Modal } from "antd";
import { type LucideIcon, Plus } from "lucide-react";
import { type ReactNode, useDeferredValue, useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import type { AccountAction } from "@/app/account";
import { iconOf } from "@/app/icons";
import type { Place } from "@/app/navigation";
import { api, query } from "@/shared/api/client";
import type { Labels, Me, ObjectDef } from "@/shared/api/types";
import { label } from "@/shared/format/format";

interface Group {
  object: string;
  label: Labels;
  plural: Labels;
  hits: { id: string; label: string }[];
}

interface Line {
  key: string;
  group: string;
  text: string;
  icon: LucideIcon;
  open: () => void;
}

interface Props {
  me: Me;
  objects: ObjectDef[];
  places: Place[];
  actions: AccountAction[];
  onCreate: (object: string) => void;
  onClose: () => void;
}

/** Records by words, pinyin initials or phone digits; places; new records; what one can do with one's account. */
export function Palette({ me, objects, places, actions, onCreate, onClose }: Props) {
  const { t, i18n } = useTranslation();
  const locale = i18n.language;
  const [text, setText] = useState("");
  const [at, setAt] = useState(0);
  const input = useRef<InputRef>(null);
  const list = useRef<HTMLDivElement>(null);
  const navigate = useNavigate();
  const asked = useDeferredValue(text.trim());
  useEffect(() => {
    // After antd's own focus on the dialog.
    const timer = setTimeout(() => input.current?.focus(), 30);
    return () => clearTimeout(timer);
  }, []);
  const found = useQuery({
    queryKey: ["search", asked],
    queryFn: async () => (await api<{ results: Group[] }>(`/search${query({ q: asked })}`)).results,
    enabled: asked.length > 0,
    placeholderData: (before) => before,
  });
  const matches = (words: string) => words.toLowerCase().includes(text.trim().toLowerCase());
  const hits: Line[] = (asked ? (found.data ?? []) : []).flatMap((group) =>
    group.hits.map((hit) => ({
      key: hit.id,
      group: label(group.plural, locale),
      text: hit.label || "—",
      icon: iconOf(objects.find((object) => object.key === group.object)?.icon),
      open: () => void navigate({ to: "/o/$object/$id", params: { object: group.object, id: hit.id } }),
    })),
  );
  const goTo: Line[] = places
    .filter((place) => matches(place.text))
    .map((place) => ({
      key: place.key,
      group: t("shell.goTo"),
      text: place.text,
      icon: place.icon,
      open: () => void navigate({ to: place.to }),
    }));
  const create: Line[] = objects
    .filter((object) => object.kind === "object" && me.objects[object.key]?.create)
    .map((object) => ({ object, text: t("shell.create", { name: label(object.labels, locale) }) }))
    .filter((one) => matches(one.text))
    .map(({ object, text: words }) => ({
      key: object.key,
      group: t("shell.new"),
      text: words,
      icon: Plus,
      open: () => onCreate(object.key),
    }));
  const account: Line[] = actions
    .filter((action) => matches(action.text))
    .map((action) => ({
      key: action.key,
      group: t("shell.account"),
      text: action.text,
      icon: action.icon,
      open: () => void action.run(),
    }));
  const lines = [...hits, ...goTo, ...create, ...account];
  const open = (place: number) => {
    const line = lines[place];
    if (!line) return;
    onClose();
    line.open();
  };
  const move = (to: number) => {
    const next = Math.max(0, Math.min(to, lines.length - 1));
    setAt(next);
    list.current?.querySelectorAll("[role=option]")[next]?.scrollIntoView({ block: "nearest" });
  };
  let group = "";
  return (
    <Modal
      open
      onCancel={onClose}
      footer={null}
      closable={false}
      width={560}
      style={{ top: 80 }}
      styles={{ container: { padding: 0 } }}
      title={null}
      aria-label={t("shell.search")}
    >
      <Input
        ref={input}
        className="palette-input"
        variant="borderless"
        value={text}
        placeholder={t("shell.searchHint")}
        aria-label={t("shell.search")}
        role="combobox"
        aria-expanded
        aria-controls="palette-lines"
        aria-activedescendant={lines[at] ? `palette-${at}` : undefined}
        onChange={(event) => {
          setText(event.target.value);
          setAt(0);
        }}
        onKeyDown={(event) => {
          if (event.nativeEvent.isComposing) return;
          if (event.key === "ArrowDown") move(at + 1);
          else if (event.key === "ArrowUp") move(at - 1);
          else if (event.key === "Enter") open(at);
          else return;
          event.preventDefault();
        }}
      />
      <div ref={list} id="palette-lines" role="listbox" aria-label={t("shell.search")} className="palette">
        {lines.map((line, place) => {
          const head = line.group !== group ? line.group : null;
          group = line.group;
          return (
            <div key={`${line.group}-${line.key}`}>
              {head && <div className="nav-group">{head}</div>}
              <button
                type="button"
                role="option"
                id={`palette-${place}`}
                aria-selected={place === at}
                tabIndex={-1}
                className={`plain nav${place === at ? " active" : ""}`}
                onMouseMove={() => place !== at && setAt(place)}
                onClick={() => open(place)}
              >
                <line.icon size={15} strokeWidth={1.7} />
                <span className="grow cut">{marked(line.text, text.trim())}</span>
              </button>
            </div>
          );
        })}
        {asked && !found.isFetching && lines.length === 0 && (
          <p className="empty">{t("shell.noHits", { text: asked })}</p>
        )}
      </div>
    </Modal>
  );
}

/** The words that were typed, marked where they stand. */
function marked(whole: string, part: string): ReactNode {
  const place = part ? whole.toLowerCase().indexOf(part.toLowerCase()) : -1;
  if (place < 0) return whole;
  return (
    <>
      {whole.slice(0, place)}
      <mark>{whole.slice(place, place + part.length)}</mark>
      {whole.slice(place + part.length)}
    </>
  );
}
