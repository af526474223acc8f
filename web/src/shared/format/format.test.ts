import { describe, expect, it } from "vitest";
import i18n from "@/i18n";
import { day, inside, instantOf, moment, money, number, short, wallTime } from "./format";

describe("numbers and money", () => {
  it("groups thousands and keeps exact digits", () => {
    expect(number("1286000.00")).toBe("1,286,000");
    expect(number("-1234.50")).toBe("−1,234.5");
    expect(number(null)).toBe("—");
  });
  it("writes money in both languages", () => {
    expect(money("1286000.00", "CNY", "zh-CN")).toBe("¥ 1,286,000");
    expect(money("12000", "USD", "en")).toBe("US$12,000");
  });
  it("shortens sums to 万 and 亿, K and M", () => {
    expect(short("1286000", "zh-CN")).toBe("128.6 万");
    expect(short("129000000", "zh-CN")).toBe("1.29 亿");
    expect(short("1286000", "en", "CNY")).toBe("¥1.29M");
  });
});

describe("dates", () => {
  const now = new Date("2026-11-24T04:00:00Z");
  it("leaves this year out in English", () => {
    expect(day("2026-11-27", "en", now)).toBe("Nov 27");
    expect(day("2027-01-15", "en", now)).toBe("Jan 15, 2027");
    expect(day("2026-11-27", "zh-CN", now)).toBe("2026-11-27");
  });
  it("goes between instants and the clock on the wall, also where clocks change", () => {
    expect(instantOf("2026-11-26 10:00", "Asia/Shanghai")).toBe("2026-11-26T02:00:00.000Z");
    expect(instantOf("2026-03-29 09:00", "Europe/Berlin")).toBe("2026-03-29T07:00:00.000Z");
    expect(instantOf("2026-10-25 00:30", "Europe/Berlin")).toBe("2026-10-24T22:30:00.000Z");
    expect(wallTime("2026-11-26T02:00:00Z", "Asia/Shanghai")).toBe("2026-11-26 10:00");
  });
  it("says today in the workspace's zone", () => {
    expect(moment("2026-11-24T03:42:00Z", "zh-CN", "Asia/Shanghai", now)).toBe("今天 11:42");
  });
});

describe("labels inside sentences", () => {
  it.each([
    ["Opportunity", "opportunity"],
    ["Next step", "next step"],
    ["Close date (planned)", "close date (planned)"],
    ["Sub-account", "sub-account"],
    ["No.", "No."],
    ["UTM source", "UTM source"],
    ["ID", "ID"],
    ["WeChat ID", "WeChat ID"],
    ["A", "A"],
    ["iPhone", "iPhone"],
    ["", ""],
  ])("%s → %s", (text, wanted) => expect(inside(text, "en")).toBe(wanted));

  it("leaves Chinese alone, Latin letters in it too", () =>
    expect([inside("商机", "zh-CN"), inside("Logo 图", "zh-CN")]).toEqual(["商机", "Logo 图"]));

  it("is what the English texts use", async () => {
    await i18n.changeLanguage("en");
    expect(i18n.t("list.new", { name: "Opportunity" })).toBe("New opportunity");
    expect(i18n.t("list.sum", { name: "Amount" })).toBe("Sum of amount");
    await i18n.changeLanguage("zh-CN");
    expect(i18n.t("list.new", { name: "Logo" })).toBe("新建Logo");
  });
});
