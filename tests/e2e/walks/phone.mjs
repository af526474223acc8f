import { check, walking } from "./browser.mjs";
import { ask, enter, facts } from "./steps.mjs";

await walking(
  async (page) => {
    await enter(page);
    const bar = page.getByRole("navigation", { name: "底部导航" });
    await bar.waitFor();
    const { records } = await ask(page, "GET", "/records/opportunity?limit=1");
    const paths = ["/", "/dashboard", "/notices", "/o/opportunity", `/o/opportunity/${records[0].id}`, "/board/opportunity", "/import", "/build/objects"];
    for (const path of paths) {
      await page.goto(facts.url + path, { waitUntil: "networkidle" });
      const wide = await page.evaluate(() => document.documentElement.scrollWidth);
      check(wide <= 375, `${path} is ${wide} wide on a phone of 375`);
      for (const target of await bar.locator("a, button").all()) {
        const box = await target.boundingBox();
        check(box.height >= 44, `${await target.innerText()} is only ${box.height} high`);
      }
    }
    await page.goto(`${facts.url}/o/opportunity/${records[0].id}?tab=timeline`, { waitUntil: "networkidle" });
    const log = page.getByRole("region", { name: "记一笔" });
    await log.getByRole("textbox").fill("谈了报价，明天 10:00 再打");
    for (const target of [...(await log.getByRole("radio").all()), log.getByRole("button", { name: "记下" })]) {
      const box = await target.boundingBox();
      check(box.height >= 44, `${await target.innerText()} of the log line is only ${box.height} high`);
    }
    await bar.getByRole("button", { name: "更多" }).click();
    await page.getByRole("dialog").getByRole("link", { name: "客户", exact: true }).click();
    await page.waitForURL("**/o/account");
    await bar.getByRole("button", { name: "新建" }).click();
    await page.getByRole("dialog").getByLabel("客户名称").waitFor();
  },
  { width: 375, height: 812 },
);
