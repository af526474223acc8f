import "./timeline.css";
import { useQueryClient } from "@tanstack/react-query";
import { Button, Input } from "antd";
import { Mail, MapPin, MessageCircle, Phone, Users, X } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api } from "@/shared/api/client";
import { useMe, useObject } from "@/shared/api/queries";
import type { Link, ObjectDef, RecordData } from "@/shared/api/types";
import { instantOf, label, moment, wallTime } from "@/shared/format/format";
import { useKeys } from "@/shared/keys/useKeys";
import { useSentence } from "@/shared/Problem";
import { keepDraft, readDraft } from "./drafts";
import { isWritable, sendable, type Values } from "./model";
import { readWhen } from "./when";

const ICONS: Record<string, typeof Phone> = {
  phone: Phone,
  visit: MapPin,
  wechat: MessageCircle,
  email: Mail,
  meeting: Users,
};
const SUBJECT = 80;

interface Props {
  object: ObjectDef;
  record: RecordData;
  /** Where the line was asked for a moment ago. */
  autoFocus?: boolean;
  /** Told of what was logged, with the key of its object. */
  onSaved?: (saved: RecordData, object: string) => void;
  onLeave?: () => void;
}

/** What happened, in one line: its kind below, a day named in it becomes the next follow-up. Kept while typing. */
export function LogLine({ object, record, autoFocus = false, onSaved, onLeave }: Props) {
  const { t, i18n } = useTranslation();
  const me = useMe();
  const queries = useQueryClient();
  const sentence = useSentence();
  const activity = useObject("activity");
  const zone = me.data?.workspace.time_zone ?? "UTC";
  const place = { user: me.data?.user.id ?? "", object: "activity", id: record.id, part: "log" };
  const [text, setText] = useState(() => String(readDraft(place)?.text ?? ""));
  const [method, setMethod] = useState<string>();
  const [noDate, setNoDate] = useState(false);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string>();
  useKeys({ l: () => document.getElementById("log-line")?.focus() });
  const writable = (key: string) => activity?.fields.find((one) => one.key === key && isWritable(one));
  const link = activity?.fields.find(
    (one) => one.type === "relation" && one.target === object.key && isWritable(one),
  );
  if (!activity || !link || !me.data?.objects.activity?.create) return null;
  const methods = writable("method")?.options?.filter((one) => one.active !== false) ?? [];
  const chosen = method ?? methods[0]?.key;
  const when =
    noDate || !writable("next_follow_up") ? null : readWhen(text, wallTime(new Date().toISOString(), zone));
  const type = (next: string) => {
    setText(next);
    keepDraft(place, next ? { text: next } : {});
  };
  const save = async () => {
    const plain = text.trim();
    if (!plain || busy) return;
    setBusy(true);
    setProblem(undefined);
    const first = plain.split("\n")[0] ?? "";
    const values: Values = {
      [activity.name_field ?? "subject"]: first.length > SUBJECT ? `${first.slice(0, SUBJECT)}…` : first,
      [link.key]: { id: record.id, label: "" },
    };
    if (writable("content")) values.content = plain;
    if (chosen) values.method = chosen;
    if (writable("status")) values.status = "done";
    if (writable("started_at")) values.started_at = new Date().toISOString();
    if (when) values.next_follow_up = instantOf(when.at, zone);
    const account = record.account as Link | null | undefined;
    if (account && link.key !== "account" && writable("account")) values.account = account;
    try {
      const saved = await api<RecordData>("/records/activity?channel=form", { body: sendable(values) });
      type("");
      setNoDate(false);
      const names = ["activities", "related", "record", "list"];
      await Promise.all(names.map((name) => queries.invalidateQueries({ queryKey: [name] })));
      onSaved?.(saved, "activity");
    } catch (error) {
      setProblem(`${sentence(error)} ${t("record.textKept")}`);
    } finally {
      setBusy(false);
    }
  };
  return (
    <section className="log" aria-label={t("record.log")}>
      <Input.TextArea
        id="log-line"
        variant="borderless"
        autoFocus={autoFocus}
        autoSize={{ minRows: 1, maxRows: 6 }}
        aria-label={t("record.log")}
        placeholder={t("record.logHint")}
        value={text}
        onChange={(event) => type(event.target.value)}
        onKeyDown={(event) => {
          if (event.key === "Enter" && (event.metaKey || event.ctrlKey) && !event.nativeEvent.isComposing)
            void save();
          if (event.key === "Escape") {
            event.currentTarget.blur();
            onLeave?.();
          }
        }}
      />
      {problem && (
        <p className="bad meta" role="alert">
          {problem}
        </p>
      )}
      <div className="row log-do">
        <div
          className="row grow kinds"
          role="radiogroup"
          aria-label={label(writable("method")?.labels, i18n.language)}
        >
          {methods.map((one) => {
            const Icon = ICONS[one.key] ?? MessageCircle;
            return (
              <button
                type="button"
                role="radio"
                key={one.key}
                aria-checked={one.key === chosen}
                className={`plain kind${one.key === chosen ? " on" : ""}`}
                onClick={() => setMethod(one.key)}
              >
                <Icon size={13} /> {label(one.labels, i18n.language)}
              </button>
            );
          })}
        </div>
        {when && (
          <span className="seen">
            {t("record.followUp", { when: moment(instantOf(when.at, zone), i18n.language, zone) })}
            <button
              type="button"
              className="plain"
              aria-label={t("record.noFollowUp")}
              onClick={() => setNoDate(true)}
            >
              <X size={12} />
            </button>
          </span>
        )}
        <Button type="primary" size="small" loading={busy} disabled={!text.trim()} onClick={save}>
          {t("record.logDo")}
        </Button>
      </div>
    </section>
  );
}
