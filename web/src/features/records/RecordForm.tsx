import "./form.css";
import { App, Button, Drawer } from "antd";
import { useEffect, useMemo, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { ApiProblem, api } from "@/shared/api/client";
import { useMe } from "@/shared/api/queries";
import type { FieldDef, Link, Me, ObjectDef, RecordData } from "@/shared/api/types";
import { label } from "@/shared/format/format";
import { useSentence } from "@/shared/Problem";
import { Clashes } from "./Clashes";
import { useDuplicates } from "./Duplicates";
import { keepDraft, readDraft } from "./drafts";
import { FormField } from "./FormField";
import { changesOf, hintOf, isWritable, type Section, sectionsOf, sendable, type Values } from "./model";
import { useSave } from "./useSave";

/** The account chosen so far, so that its own contacts and deals are offered first. */
const accountOf = (value: unknown) =>
  value && typeof value === "object" && "id" in value && "label" in value ? (value as Link) : undefined;

interface FormProps {
  object: ObjectDef;
  record?: RecordData;
  /** Only these fields, as when something is missing. */
  only?: string[];
  title?: string;
  initial?: Values;
  onClose: () => void;
  onSaved: (record: RecordData) => void;
}

/** The form of an object, for a new record or an old one. What was typed survives a refusal and a closed browser tab. */
export function RecordForm(props: FormProps) {
  const me = useMe();
  return me.data ? <Form {...props} me={me.data} /> : null;
}

function Form({ object, record, only, title, onClose, onSaved, initial, me }: FormProps & { me: Me }) {
  const { t, i18n } = useTranslation();
  const { modal } = App.useApp();
  const part = only ? only.join("+") : JSON.stringify(initial ?? "");
  const place = useMemo(
    () => ({ user: me.user.id, object: object.key, id: record?.id, part }),
    [me.user.id, object.key, record?.id, part],
  );
  const [restored, setRestored] = useState(() => readDraft(place) !== null);
  const [changed, setChanged] = useState<Values>(() => ({ ...initial, ...readDraft(place) }));
  const [error, setError] = useState<unknown>(null);
  const [busy, setBusy] = useState(false);
  const [all, setAll] = useState(false);
  const sentence = useSentence();
  const { save: saveChange, decide, conflict, dropConflict, refresh } = useSave(object);
  const body = useRef<HTMLFormElement>(null);
  const locale = i18n.language;
  const duplicates = useDuplicates(object, changed, record?.id);
  const [mended, setMended] = useState<Set<string>>(new Set());
  const named = error instanceof ApiProblem ? error.byField : {};
  // A field that was changed since is no longer called wrong, but stays in sight.
  const problems = Object.fromEntries(Object.entries(named).filter(([key]) => !mended.has(key)));
  const wanted = only && [...new Set([...only, ...Object.keys(named)])];
  const sections: Section[] = wanted
    ? [
        {
          key: "only",
          fields: wanted.flatMap(
            (key) => object.fields.find((one) => one.key === key && isWritable(one)) ?? [],
          ),
        },
      ]
    : sectionsOf(object, (field) => field.on_form || named[field.key] !== undefined, all);
  const shown = sections.flatMap((section) => section.fields);
  const failing = shown.filter((field) => problems[field.key]);
  const dirty = Object.keys(changed).some(
    (key) => !(initial && key in initial && initial[key] === changed[key]),
  );

  useEffect(() => {
    if (dirty) keepDraft(place, changed);
  }, [dirty, changed, place]);

  /** What the server will put in when nothing is said, shown before. */
  const givenOf = (field: FieldDef) => {
    if (field.key === "owner") return { id: me.user.id, label: me.user.name };
    if (field.type === "stage") return field.options?.find((one) => one.active !== false)?.key ?? null;
    return field.default;
  };
  const change = (key: string, value: unknown) => {
    setChanged((before) => ({ ...before, [key]: value }));
    if (named[key]) setMended((before) => new Set(before).add(key));
  };
  const discard = () => {
    keepDraft(place, {});
    setChanged(initial ?? {});
    setRestored(false);
    setError(null);
  };
  const close = () => {
    if (!dirty) return onClose();
    modal.confirm({
      title: t("form.leave"),
      content: t("form.leaveHint"),
      okText: t("form.discard"),
      cancelText: t("form.stay"),
      onOk: () => {
        keepDraft(place, {});
        onClose();
      },
    });
  };
  const focusFirst = (problem: unknown) => {
    if (!(problem instanceof ApiProblem)) return;
    setTimeout(() => {
      const keys = Object.keys(problem.byField);
      const inputs = [...(body.current?.querySelectorAll<HTMLElement>("[id^=f-]") ?? [])];
      const first = inputs.find((one) => keys.includes(one.id.slice(2)));
      first?.scrollIntoView({ block: "center" });
      first?.focus();
    }, 60);
  };
  const attempt = async (act: () => Promise<RecordData | null>) => {
    if (busy) return;
    setBusy(true);
    setError(null);
    setMended(new Set());
    try {
      const saved = await act();
      if (!saved) return;
      keepDraft(place, {});
      onSaved(saved);
    } catch (problem) {
      setError(problem);
      focusFirst(problem);
    } finally {
      setBusy(false);
    }
  };
  const save = () =>
    attempt(async () => {
      if (!record) {
        const made = await api<RecordData>(`/records/${object.key}?channel=form`, {
          body: sendable(changed),
        });
        await refresh(made); // lists and sums that were read before do not know it yet
        return made;
      }
      const values = changesOf(record, changed);
      return Object.keys(values).length ? saveChange(record, values) : record;
    });
  const name = label(object.labels, locale);
  const heading = title ?? t(record ? "form.edit" : "form.create", { name });
  const hint = error instanceof ApiProblem ? hintOf(error.body) : undefined;
  const general = error !== null && (Object.keys(named).length === 0 || hint);
  return (
    <Drawer
      open
      size={only ? 480 : 760}
      onClose={close}
      title={heading}
      aria-label={heading}
      keyboard
      footer={
        <div className="row form-foot">
          <span className="meta grow">{t("form.shortcut")}</span>
          <Button onClick={close}>{t("form.cancel")}</Button>
          <Button type="primary" loading={busy} onClick={save}>
            {t("form.save")}
          </Button>
        </div>
      }
    >
      <form
        ref={body}
        className="record-form"
        noValidate
        onSubmit={(event) => event.preventDefault()}
        onKeyDown={(event) => {
          if (event.key !== "Enter" || event.nativeEvent.isComposing) return;
          if (event.metaKey || event.ctrlKey) {
            event.preventDefault();
            void save();
          }
        }}
      >
        {restored && (
          <p className="note">
            {t("form.restored")}{" "}
            <button type="button" className="plain link" onClick={discard}>
              {t("form.discardDraft")}
            </button>
          </p>
        )}
        {conflict && (
          <Clashes
            clashes={conflict.clashes}
            who={conflict.who}
            record={conflict.latest}
            busy={busy}
            onCancel={dropConflict}
            onDecide={(kept) => attempt(() => decide(kept))}
          />
        )}
        <div role="alert" className="form-problem">
          {general && <p className="bad">{(hint && label(hint, locale)) || sentence(error)}</p>}
          {failing.length > 3 && (
            <>
              <p className="strong">{t("form.errors", { count: failing.length })}</p>
              <ul>
                {failing.map((field) => (
                  <li key={field.key}>
                    <a
                      href={`#f-${field.key}`}
                      onClick={(event) => {
                        event.preventDefault();
                        document.getElementById(`f-${field.key}`)?.focus();
                      }}
                    >
                      {label(field.labels, locale)}
                    </a>
                  </li>
                ))}
              </ul>
            </>
          )}
        </div>
        {sections.map((section) => (
          <fieldset key={section.key} className="form-section">
            {section.labels && <legend className="section-title">{label(section.labels, locale)}</legend>}
            <div className={`fields${only ? "" : " two"}`}>
              {section.fields.map((field, place) => (
                <FormField
                  key={field.key}
                  object={object}
                  field={field}
                  value={
                    field.key in changed ? changed[field.key] : record ? record[field.key] : givenOf(field)
                  }
                  currency={record?.[`${field.key}_currency`] as string | undefined}
                  problem={problems[field.key]}
                  within={accountOf("account" in changed ? changed.account : record?.account)}
                  duplicates={duplicates}
                  autoFocus={section === sections[0] && place === 0}
                  onChange={(next) => change(field.key, next)}
                />
              ))}
            </div>
          </fieldset>
        ))}
        {duplicates && duplicates.others > 0 && (
          <p className="meta">{t("form.duplicateHidden", { count: duplicates.others })}</p>
        )}
        {!only && (
          <Button type="link" className="more-fields" aria-expanded={all} onClick={() => setAll(!all)}>
            {t(all ? "form.fewer" : "form.more")}
          </Button>
        )}
      </form>
    </Drawer>
  );
}
