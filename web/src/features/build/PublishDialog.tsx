import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Button, Checkbox, Modal, Skeleton } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { ApiProblem, api } from "@/shared/api/client";
import type { Labels } from "@/shared/api/types";
import { label } from "@/shared/format/format";
import { useSentence } from "@/shared/Problem";
import { type Designed, useDesigner } from "./api";
import { type Use, UseLine } from "./FieldUses";
import type { DraftState } from "./useDraft";

interface Effect {
  kind: string;
  field: string | null;
  labels: Partial<Labels>;
  count?: number | null;
  total?: number;
  filter?: Record<string, unknown> | null;
  option?: Labels;
  before?: Labels;
  uses?: Use[];
}

interface Preview {
  count: number;
  effects: Effect[];
  problem: { code: string; message: string; params: { draft_field?: string; uses?: Use[] } } | null;
}

interface Props {
  object: Designed;
  draft: DraftState;
  onProblem: (field: string, message: string) => void;
  onDone: (made: Record<string, string>) => void;
  onClose: () => void;
}

/** What publishing would do to real records, before it does. */
export function PublishDialog({ object, draft, onProblem, onDone, onClose }: Props) {
  const { t, i18n } = useTranslation();
  const sentence = useSentence();
  const send = useDesigner();
  const [clean, setClean] = useState(false);
  const [over, setOver] = useState(false);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const path = `/objects/${object.key}/draft` as const;
  const found = useQuery({
    queryKey: ["draft-preview", object.key, draft.revision(), clean],
    staleTime: 0,
    gcTime: 0,
    retry: false,
    queryFn: async () => {
      await draft.settle();
      return api<Preview>(`${path}/preview`, { body: { clean } });
    },
  });
  const preview = found.data;
  const problem = preview?.problem;
  const stuck = problem !== null && problem !== undefined;
  const publish = async () => {
    setBusy(true);
    setError(null);
    try {
      const body = { clean, over };
      const answer = await send<{ made: Record<string, string> }>(
        `${path}/publish`,
        "POST",
        body,
        draft.revision(),
      );
      await draft.reload();
      onDone(answer.made);
    } catch (fault) {
      setError(fault);
      setBusy(false);
    }
  };
  const stale = draft.kept?.stale || (error instanceof ApiProblem && error.body.code === "DRAFT_BASE");
  return (
    <Modal
      open
      width={560}
      title={t("build.publishTitle", { name: label(object.labels, i18n.language) })}
      onCancel={onClose}
      footer={
        <Button
          type="primary"
          loading={busy}
          disabled={!preview || stuck || (stale && !over)}
          onClick={publish}
        >
          {t("build.publishNow")}
        </Button>
      }
    >
      <div className="effects">
        {!preview && !found.error && <Skeleton active className="late-in" />}
        {preview?.effects.map((effect, at) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: the list is shown once, as it came
          <EffectLine key={at} object={object} effect={effect} />
        ))}
        {problem && (
          <div className="refused" role="alert">
            <p className="bad">{problem.message}</p>
            {problem.params.uses?.map((use) => (
              <p key={`${use.kind}.${use.key}.${use.part}`} className="dense">
                <UseLine use={use} />
              </p>
            ))}
            {problem.params.draft_field && (
              <Button
                size="small"
                onClick={() => onProblem(problem.params.draft_field ?? "", problem.message)}
              >
                {t("build.goThere")}
              </Button>
            )}
          </div>
        )}
        {(problem?.code === "FIELD_USED" || clean) && (
          <Checkbox checked={clean} onChange={(event) => setClean(event.target.checked)}>
            {t("build.cleanUp")}
          </Checkbox>
        )}
        {stale && (
          <Checkbox checked={over} onChange={(event) => setOver(event.target.checked)}>
            {t("build.publishOver")}
          </Checkbox>
        )}
        {(error ?? found.error) != null && (
          <p className="bad" role="alert">
            {sentence(error ?? found.error)}
          </p>
        )}
      </div>
    </Modal>
  );
}

function EffectLine({ object, effect }: { object: Designed; effect: Effect }) {
  const { t, i18n } = useTranslation();
  const locale = i18n.language;
  const name = label({ zh: effect.labels.zh ?? "", en: effect.labels.en ?? "" }, locale);
  const known = [
    "added",
    "required",
    "option",
    "unique",
    "retired",
    "restored",
    "renamed",
    "changed",
    "layout",
  ];
  const kind = known.includes(effect.kind) ? effect.kind : "changed";
  const count = effect.count ?? 0;
  return (
    <div className="row effect">
      <span className={count > 0 && kind !== "added" ? "grow attention" : "grow"}>
        {t(`build.effect.${kind}`, {
          name,
          count,
          total: effect.total ?? 0,
          option: label(effect.option, locale),
          before: label(effect.before, locale),
        })}
      </span>
      {count > 0 && effect.filter && (
        <Link
          to="/o/$object"
          params={{ object: object.key }}
          search={Object.keys(effect.filter).length ? { filter: effect.filter } : {}}
          target="_blank"
        >
          {t("build.lookAt", { count })}
        </Link>
      )}
    </div>
  );
}
