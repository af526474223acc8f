import { Link } from "@tanstack/react-router";
import { Button, Dropdown } from "antd";
import { ChevronDown, ChevronLeft, ChevronRight, ChevronUp, Ellipsis, Phone } from "lucide-react";
import { useTranslation } from "react-i18next";
import { useMe } from "@/shared/api/queries";
import type { ObjectDef, RecordData, Link as RecordLink } from "@/shared/api/types";
import { label, money } from "@/shared/format/format";
import { TierMark } from "@/shared/TierMark";
import { useTiers } from "./useTiers";
import type { Place } from "./walk";

/** Whose record, which one, for whom, how much; and what can be done with it. */
export function RecordHead({
  object,
  record,
  name,
  place,
  onOpen,
  onEdit,
  onRemove,
}: {
  object: ObjectDef;
  record: RecordData;
  name: string;
  place: Place | null;
  onOpen: (id: string | undefined) => void;
  onEdit?: () => void;
  onRemove?: () => void;
}) {
  const { t, i18n } = useTranslation();
  const me = useMe();
  const locale = i18n.language;
  const account = record.account as RecordLink | null | undefined;
  const tiers = useTiers(account ? [account.id] : []);
  const tier = account ? tiers.get(account.id) : (record.tier as string | undefined);
  const amount = object.fields.find((field) => field.key === "amount" && field.type === "money");
  const phone = (record.mobile ?? record.phone) as string | null | undefined;
  return (
    <div className="page-bar record-head">
      <Link
        to="/o/$object"
        params={{ object: object.key }}
        className="crumb"
        aria-label={label(object.plural, locale)}
      >
        <ChevronLeft size={18} className="phone-only" aria-hidden="true" />
        <span>{label(object.plural, locale)}</span>
      </Link>
      <ChevronRight size={14} className="crumb-mark" aria-hidden="true" />
      <h1 className="cut" title={name}>
        {name}
      </h1>
      <span className="head-facts">
        <TierMark tier={tier} />
        {account && (
          <Link to="/o/$object/$id" params={{ object: "account", id: account.id }} className="cut">
            {account.label}
          </Link>
        )}
        {amount && record.amount != null && (
          <b className="num">
            {money(record.amount, String(record.amount_currency ?? me.data?.workspace.currency), locale)}
          </b>
        )}
      </span>
      <span className="grow" />
      {place && (
        <span className="walk">
          <span className="meta num">
            {place.at} / {place.total}
          </span>
          <button
            type="button"
            className="plain icon"
            disabled={!place.before}
            aria-label={t("record.before")}
            title={`${t("record.before")} (K)`}
            onClick={() => onOpen(place.before)}
          >
            <ChevronUp size={16} />
          </button>
          <button
            type="button"
            className="plain icon"
            disabled={!place.after}
            aria-label={t("record.after")}
            title={`${t("record.after")} (J)`}
            onClick={() => onOpen(place.after)}
          >
            <ChevronDown size={16} />
          </button>
        </span>
      )}
      {phone && (
        <Button icon={<Phone size={15} />} href={`tel:${phone}`}>
          {t("record.call")}
        </Button>
      )}
      {onEdit && <Button onClick={onEdit}>{t("record.edit")}</Button>}
      <Dropdown
        trigger={["click"]}
        menu={{
          items: [
            {
              key: "copy",
              label: t("record.copyLink"),
              onClick: () => void navigator.clipboard?.writeText(window.location.href),
            },
            ...(onRemove
              ? [{ key: "delete", danger: true, label: t("record.delete"), onClick: onRemove }]
              : []),
          ],
        }}
      >
        <Button icon={<Ellipsis size={15} />} aria-label={t("record.moreActions")} />
      </Dropdown>
    </div>
  );
}
