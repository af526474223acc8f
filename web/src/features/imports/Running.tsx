import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Button, Popconfirm, Progress } from "antd";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { API, api } from "@/shared/api/client";
import { useObject } from "@/shared/api/queries";
import { label, number } from "@/shared/format/format";
import { ProblemBox, useSentence } from "@/shared/Problem";
import { type ImportState, isMoving, type Undone } from "./shapes";

/** An import at work or at its end: progress, rate, time left, refused rows as a file, undo. */
export function Running({ id }: { id: string }) {
  const { t, i18n } = useTranslation();
  const queries = useQueryClient();
  const sentence = useSentence();
  const [error, setError] = useState<unknown>(null);
  const [undone, setUndone] = useState<Undone | null>(null);
  const found = useQuery({
    queryKey: ["import", id],
    queryFn: () => api<ImportState>(`/imports/${id}`),
    refetchInterval: (query) => (isMoving(query.state.data?.state) ? 500 : false),
  });
  const state = found.data;
  const object = useObject(state?.object ?? "");
  const moving = isMoving(state?.state);
  useEffect(() => {
    // Lists, counts and charts hold other figures once rows have come or gone.
    if (moving) return;
    for (const key of ["list", "aggregate", "board", "imports", "search"])
      void queries.invalidateQueries({ queryKey: [key] });
  }, [moving, queries]);
  if (found.error) return <ProblemBox error={found.error} retry={() => found.refetch()} />;
  if (!state) return null;
  const act = (what: "cancel" | "undo") => async () => {
    setError(null);
    try {
      const answer = await api<Partial<Undone>>(`/imports/${id}/${what}`, { method: "POST" });
      if (answer.removed !== undefined) setUndone(answer as Undone);
      await found.refetch();
    } catch (problem) {
      setError(problem);
    }
  };
  const back = undone ?? state.undo;
  const percent = state.total ? Math.floor((state.done / state.total) * 100) : 100;
  const left = state.seconds_left;
  return (
    <section className="import-run">
      <h2 className="section-title">{t(`imp.state.${state.state}`, { file: state.file })}</h2>
      <Progress
        percent={percent}
        status={state.state === "failed" ? "exception" : moving ? "active" : "normal"}
        aria-label={t("imp.progressOf", { file: state.file })}
      />
      <p className="dense" role="status">
        {t("imp.progress", { done: number(state.done), total: number(state.total) })}
        {state.rate !== null && ` · ${t("imp.rate", { rate: number(Math.round(state.rate)) })}`}
        {left !== null && ` · ${t("imp.left", { left: t("imp.seconds", { count: left }) })}`}
      </p>
      <dl className="counts">
        {(["created", "updated", "unchanged", "refused"] as const).map((key) => (
          <div key={key} className={key === "refused" && state.refused > 0 ? "bad" : ""}>
            <dt>{t(`imp.${key}`)}</dt>
            <dd>{number(state[key])}</dd>
          </div>
        ))}
      </dl>
      {back && !moving && <p role="status">{t("imp.undone", { ...back })}</p>}
      {error !== null && (
        <p className="bad" role="alert">
          {sentence(error)}
        </p>
      )}
      <div className="row">
        {object && (
          <Link to="/o/$object" params={{ object: object.key }} className="button-like">
            {t("imp.see", { name: label(object.plural, i18n.language) })}
          </Link>
        )}
        {state.refused > 0 && (
          <Button href={`${API}/imports/${id}/refused`} download>
            {t("imp.refusedFile", { count: state.refused })}
          </Button>
        )}
        {moving && state.state !== "undoing" && <Button onClick={act("cancel")}>{t("imp.cancel")}</Button>}
        {["done", "cancelled", "failed"].includes(state.state) && state.created + state.updated > 0 && (
          <Popconfirm
            title={t("imp.undoAsk", { created: state.created, updated: state.updated })}
            okText={t("imp.undo")}
            onConfirm={act("undo")}
          >
            <Button>{t("imp.undo")}</Button>
          </Popconfirm>
        )}
      </div>
    </section>
  );
}
