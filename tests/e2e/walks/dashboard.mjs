import { check, walking } from "./browser.mjs";
import { ask, enter, facts } from "./steps.mjs";

await walking(async (page) => {
  await enter(page, "/dashboard");
  const counts = await ask(page, "POST", "/records/opportunity/aggregate", { group_by: [{ field: "stage" }] });
  const open = counts.rows.filter((row) => !["won", "lost"].includes(row.stage));
  const total = open.reduce((sum, row) => sum + row.count, 0);
  await page.getByRole("link", { name: /^在谈金额/ }).getByText(`${total} 单`).waitFor();

  // A stage of the funnel opens exactly the records that it counts.
  const stage = open.find((row) => row.stage === "needs_discovery");
  await page.getByRole("region", { name: "在谈商机" }).getByRole("link", { name: /需求挖掘/ }).first().click();
  await page.waitForURL("**/o/opportunity?filter=*");
  await page.getByText(`共 ${stage.count} 条`).waitFor();
  await page.goBack();

  // Each chart is drawn, has a table that says the same, and the period is in the address.
  for (const name of ["每月赢单", "销售排名", "预计成交"]) {
    const tile = page.getByRole("region", { name });
    await tile.getByRole("img").locator("path").first().waitFor({ state: "attached" });
    await tile.getByRole("button", { name: `${name}：看表格` }).click();
    check((await tile.getByRole("row").count()) > 1, `the table of ${name} is empty`);
  }
  const year = new Date().getFullYear() - 1;
  await page.getByText("去年", { exact: true }).click();
  await page.waitForURL("**period=last_year");
  const months = page.getByRole("region", { name: "每月赢单" }).getByRole("rowheader");
  await page.waitForFunction(
    (text) => {
      const shown = [...document.querySelectorAll("[aria-label=每月赢单] tbody th")];
      return shown.length > 0 && shown.every((one) => one.textContent.startsWith(text)); // not while it loads
    },
    String(year),
  );
  check((await months.count()) > 0, "nothing was won last year in the sample");
  await page.goto(`${facts.url}/dashboard?period=this_month`);
  await page.getByRole("link", { name: /^本月赢单/ }).waitFor();
});
