/** Currencies offered at set-up; any other ISO 4217 code can be set by the API. */
export const CURRENCIES = [
  "CNY", "USD", "EUR", "GBP", "HKD", "TWD", "JPY", "KRW", "SGD", "MYR", "THB", "VND", "IDR", "PHP", "INR",
  "AUD", "CAD", "CHF", "SEK", "NOK", "DKK", "PLN", "AED", "SAR", "BRL", "MXN", "ZAR",
]; // biome-ignore format: a list of codes reads better in lines

const BY_ZONE: Record<string, string> = {
  "Asia/Hong_Kong": "HKD",
  "Asia/Taipei": "TWD",
  "Asia/Tokyo": "JPY",
  "Asia/Seoul": "KRW",
  "Asia/Singapore": "SGD",
  "Europe/London": "GBP",
};

/** A first guess at the money of a place. */
export function currencyOf(zone: string): string {
  if (BY_ZONE[zone]) return BY_ZONE[zone];
  if (zone.startsWith("Europe/")) return "EUR";
  if (zone.startsWith("America/")) return "USD";
  return "CNY";
}

/** All time zones that the browser knows, the one here first. */
export function zones(here: string): string[] {
  const known = Intl.supportedValuesOf("timeZone");
  return [here, ...known.filter((zone) => zone !== here)];
}
