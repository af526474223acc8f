import { isZh, number } from "@/shared/format/format";

/** One unit for a whole chart, named in its head, so that labels stay short: 万元, ¥K. */
export interface Scale {
  divisor: number;
  unit: string;
  digits: number;
}

export function scaleOf(values: number[], locale: string, currency: string, unitless: string): Scale {
  if (!currency) return { divisor: 1, unit: unitless, digits: 0 };
  const most = Math.max(0, ...values.map(Math.abs));
  if (isZh(locale)) {
    const yuan = currency === "CNY" ? "元" : ` ${currency}`;
    if (most >= 1e9) return { divisor: 1e8, unit: `亿${yuan}`, digits: 2 };
    if (most >= 1e5) return { divisor: 1e4, unit: `万${yuan}`, digits: 1 };
    return { divisor: 1, unit: yuan.trim(), digits: 0 };
  }
  const sign = currency === "CNY" ? "¥" : `${currency} `;
  if (most >= 1e7) return { divisor: 1e6, unit: `${sign}M`, digits: 1 };
  if (most >= 1e4) return { divisor: 1e3, unit: `${sign}K`, digits: 0 };
  return { divisor: 1, unit: sign.trim(), digits: 0 };
}

/** A value in the chart's unit, with the same decimals in every label. */
export function scaled(value: number, scale: Scale): string {
  const size = value / scale.divisor;
  const [whole = "0", decimals] = Math.abs(size)
    .toFixed(value ? scale.digits : 0)
    .split(".");
  return `${size < 0 ? "−" : ""}${number(whole)}${decimals ? `.${decimals}` : ""}`;
}
