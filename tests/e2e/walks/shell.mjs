import { check, walking } from "./browser.mjs";
import { enter, facts } from "./steps.mjs";

await walking(async (page, { faults, context }) => {
  await enter(page);
  const sidebar = page.getByRole("navigation", { name: "主导航" });
  await sidebar.waitFor();
  check((await page.title()) === "工作台 · 澄湖智维", `the title is ${await page.title()}`);

  // Records by a Chinese word, by pinyin initials and by the digits of a phone.
  for (const [typed, hit] of [["精密制造", "青禾精密制造"], ["qhjm", "青禾精密制造"], ["13800000003", "陆知遥"]]) {
    await page.keyboard.press("Control+k");
    await page.getByRole("combobox", { name: "搜索或输入命令" }).fill(typed);
    await page.getByRole("option", { name: hit }).first().waitFor();
    await page.keyboard.press("Escape");
    await page.getByRole("combobox", { name: "搜索或输入命令" }).waitFor({ state: "hidden" });
  }
  await page.keyboard.press("Control+k");
  await page.getByRole("combobox", { name: "搜索或输入命令" }).fill("青禾精密制造");
  await page.getByRole("option", { name: "青禾精密制造" }).first().waitFor();
  await page.keyboard.press("Enter");
  await page.waitForURL("**/o/account/*");
  await page.waitForFunction(() => document.title.startsWith("青禾精密制造 · 客户"));

  // A command makes a record; keys go to places.
  await page.keyboard.press("Control+k");
  await page.getByRole("combobox", { name: "搜索或输入命令" }).fill("新建联系人");
  await page.getByRole("option", { name: "新建联系人" }).click();
  await page.getByRole("dialog").getByLabel("姓名").waitFor();
  await page.keyboard.press("Escape");
  await page.getByRole("dialog").waitFor({ state: "hidden" });
  await page.keyboard.press("g");
  await page.keyboard.press("p");
  await page.waitForURL("**/board/opportunity");
  await page.keyboard.press("?");
  await page.getByRole("dialog", { name: "快捷键" }).waitFor();
  await page.keyboard.press("Escape");
  await page.getByRole("dialog", { name: "快捷键" }).waitFor({ state: "hidden" });

  await page.getByRole("button", { name: "收起侧栏" }).click();
  const width = (await sidebar.boundingBox()).width;
  check(width === 52, `the folded sidebar is ${width} wide`);
  await page.reload();
  await page.getByRole("button", { name: "展开侧栏" }).click();
  check((await sidebar.boundingBox()).width === 216, "the sidebar is not 216 wide");

  await page.getByRole("button", { name: "账号与设置" }).click();
  await page.getByRole("menuitem", { name: "深色" }).click();
  check((await page.getAttribute("html", "data-mode")) === "dark", "dark was not set");

  await page.goto(`${facts.url}/no/such/page`);
  await page.getByRole("heading", { name: "没有这个页面或记录" }).waitFor();
  await page.getByRole("link", { name: "回工作台" }).click();
  await page.getByRole("heading", { name: "工作台" }).waitFor();

  await context.setOffline(true);
  await page.getByText("连不上服务器").waitFor();
  await context.setOffline(false);
  await page.getByText("连不上服务器").waitFor({ state: "hidden" });
  faults.found.splice(0, faults.found.length, ...faults.found.filter((one) => !one.startsWith("failed:")));
});
