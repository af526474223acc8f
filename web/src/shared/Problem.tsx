import { Button } from "antd";
import { useTranslation } from "react-i18next";
import { ApiProblem } from "./api/client";

/** The sentence of an error: the server's, or that it cannot be reached. */
export function useSentence(): (error: unknown) => string {
  const { t } = useTranslation();
  return (error) => {
    if (!(error instanceof ApiProblem)) return t("error.title");
    if (error.body.code === "OFFLINE") return t("error.offline");
    const first = error.body.errors[0];
    return error.body.message || first?.message || t("error.title");
  };
}

/** What did not work, and a way on. */
export function ProblemBox({ error, retry }: { error: unknown; retry?: () => void }) {
  const { t } = useTranslation();
  const sentence = useSentence();
  const id = error instanceof ApiProblem ? error.body.request_id : null;
  return (
    <div className="empty" role="alert">
      <p>{sentence(error)}</p>
      {id && <p className="meta">{t("error.request", { id })}</p>}
      {retry && <Button onClick={retry}>{t("error.retry")}</Button>}
    </div>
  );
}
