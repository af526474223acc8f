import { App, Input } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { ApiProblem, api } from "@/shared/api/client";
import type { ObjectDef } from "@/shared/api/types";
import { inside, label } from "@/shared/format/format";
import { useSentence } from "@/shared/Problem";

/** A title and Enter: a record with that day. What it still lacks is asked for in its form. */
export function Quick({
  object,
  values,
  onMore,
  onDone,
  onClose,
}: {
  object: ObjectDef;
  values: Record<string, unknown>;
  onMore: (values: Record<string, unknown>) => void;
  onDone: () => void;
  onClose: () => void;
}) {
  const { t, i18n } = useTranslation();
  const { message } = App.useApp();
  const sentence = useSentence();
  const [text, setText] = useState("");
  const [busy, setBusy] = useState(false);
  const whole = { ...values, [object.name_field ?? "name"]: text.trim() };
  const save = async () => {
    if (!text.trim()) return;
    setBusy(true);
    try {
      await api(`/records/${object.key}` as never, { body: whole });
      onDone();
    } catch (problem) {
      if (problem instanceof ApiProblem && problem.body.errors.length > 0) onMore(whole);
      else message.error(sentence(problem));
    } finally {
      setBusy(false);
    }
  };
  const name = t("list.new", { name: inside(label(object.labels, i18n.language), i18n.language) });
  return (
    <div className="quick">
      <Input
        autoFocus
        size="small"
        aria-label={name}
        placeholder={name}
        value={text}
        disabled={busy}
        maxLength={200}
        onChange={(event) => setText(event.target.value)}
        onKeyDown={(event) => {
          if (event.nativeEvent.isComposing) return;
          if (event.key === "Enter") void save();
          if (event.key === "Escape") onClose();
        }}
      />
      <div className="row">
        <button type="button" className="plain link meta" onClick={() => onMore(whole)}>
          {t("calendar.moreFields")}
        </button>
        <button type="button" className="plain link meta" onClick={onClose}>
          {t("form.cancel")}
        </button>
      </div>
    </div>
  );
}
