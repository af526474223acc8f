import { Button, DatePicker } from "antd";
import dayjs from "dayjs";
import { useEffect, useRef } from "react";
import { useTranslation } from "react-i18next";
import { laterDays } from "./model";

interface Props {
  title: string;
  today: string;
  onDay: (day: string) => void;
  onClose: () => void;
}

/** A line of days to choose from, in the row that they are for. */
export function DayMenu({ title, today, onDay, onClose }: Props) {
  const { t } = useTranslation();
  const line = useRef<HTMLFieldSetElement>(null);
  useEffect(() => line.current?.querySelector("button")?.focus(), []);
  return (
    <fieldset
      ref={line}
      className="thing-more days row"
      aria-label={title}
      onKeyDown={(event) => {
        if (event.key === "Escape") onClose();
      }}
    >
      <span className="meta">{title}</span>
      {laterDays(today).map((one) => (
        <Button key={one.key} size="small" onClick={() => onDay(one.day)}>
          {t(`desk.${one.key}`)}
        </Button>
      ))}
      <DatePicker
        size="small"
        aria-label={t("desk.otherDay")}
        placeholder={t("desk.otherDay")}
        allowClear={false}
        minDate={dayjs(today).add(1, "day")}
        onChange={(value) => value && onDay(value.format("YYYY-MM-DD"))}
      />
      <Button size="small" type="text" onClick={onClose}>
        {t("desk.cancel")}
      </Button>
    </fieldset>
  );
}
