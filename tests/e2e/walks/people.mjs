import { check, walking, watch } from "./browser.mjs";
import { enter, facts } from "./steps.mjs";

await walking(async (page, { browser, faults }) => {
  // An administrator adds a seller and gets a link.
  await enter(page, "/build/people?tab=teams");
  await page.getByRole("textbox", { name: "新团队的名称" }).fill("华东一部");
  await page.getByRole("button", { name: "建立团队" }).click();
  await page.getByRole("rowheader", { name: "华东一部" }).waitFor();
  await page.getByRole("tab", { name: "人员" }).click();
  await page.getByRole("button", { name: "加人" }).click();
  const form = page.getByRole("dialog");
  await form.getByLabel("姓名").fill("顾南乔");
  await form.getByLabel("邮箱").fill("gu@example.com");
  await form.getByRole("button", { name: "添加并生成链接" }).click();
  const link = page.getByRole("textbox", { name: "给顾南乔的链接" });
  await link.waitFor();
  const address = await link.inputValue();

  // The seller chooses a password and is in, without anything that builds.
  const other = await browser.newContext({ locale: "zh-CN", viewport: { width: 1440, height: 900 } });
  const seller = await other.newPage();
  seller.setDefaultTimeout(30_000);
  const theirs = watch(seller);
  await seller.goto(address);
  theirs.expect(422);
  await seller.getByLabel("密码", { exact: true }).fill("short");
  await seller.getByRole("button", { name: "开始使用" }).click();
  await seller.getByRole("alert").waitFor();
  await seller.getByLabel("密码", { exact: true }).fill("harbour-lamp-42");
  await seller.getByRole("button", { name: "开始使用" }).click();
  const places = seller.getByRole("navigation", { name: "主导航" });
  await places.getByRole("link", { name: "商机", exact: true }).waitFor();
  check((await places.getByRole("link", { name: "对象与字段" }).count()) === 0, "a seller is led to the objects");
  check((await places.getByRole("link", { name: "人员与权限" }).count()) === 0, "a seller is led to the people");
  for (const path of ["/build/objects", "/build/people"]) {
    await seller.goto(facts.url + path);
    await seller.getByRole("heading", { name: "没有这个页面或记录" }).waitFor();
  }

  // The link worked once.
  theirs.expect(403);
  await seller.goto(address);
  await seller.getByLabel("密码", { exact: true }).fill("harbour-lamp-43");
  await seller.getByRole("button", { name: "开始使用" }).click();
  await seller.getByRole("heading", { name: "这个链接不能用" }).waitFor();
  faults.found.push(...theirs.found);
  await other.close();
});
