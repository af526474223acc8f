import { useTranslation } from "react-i18next";
import { useMe } from "@/shared/api/queries";
import { short } from "@/shared/format/format";
import type { Sums } from "./model";

/** What stands in the open columns together, and what of it has stayed too long. */
export function BoardSums({ total, money, plain }: { total: Sums; money: boolean; plain?: string }) {
  const { t, i18n } = useTranslation();
  const currency = useMe().data?.workspace.currency;
  const say = (sum: number) => short(sum, i18n.language, currency);
  return (
    <p className="board-sums">
      <span>
        {plain ?? t("board.openSum")} <b>{plain ? total.count : t("board.deals", { count: total.count })}</b>{" "}
        {money && <b>{say(total.sum)}</b>}
      </span>
      {total.weighted > 0 && (
        <span>
          {t("board.weighted")} <b>{say(total.weighted)}</b>
        </span>
      )}
      {total.staleCount > 0 && (
        <span>
          {t("board.staleSum")}{" "}
          <b className="attention">
            {t("board.deals", { count: total.staleCount })} {money && say(total.staleSum)}
          </b>
        </span>
      )}
    </p>
  );
}
