/** Two records that are one: found, merged side by side with what moves, opened by the old address, taken back. */
import { walking } from "./browser.mjs";
import { ask, enter, facts } from "./steps.mjs";

await walking(async (page, { faults }) => {
  await enter(page);
  const make = (object, body) => ask(page, "POST", `/records/${object}`, body);
  const stays = await make("account", { name: "远汀物流", phone: "13800138000" });
  const goes = await make("account", {
    name: "远汀物流集团",
    phone: "13800138000",
    website: "https://example.com",
  });
  const deal = await make("opportunity", { name: "仓储监测", account: goes.id });

  await page.goto(`${facts.url}/o/account`);
  await page.getByRole("button", { name: "导出" }).click();
  await page.getByRole("menuitem", { name: "查找重复" }).click();
  await page.getByText("客户名称相近、电话相同").waitFor();
  await page.getByRole("link", { name: "比较 2 条" }).first().click();
  await page.getByRole("heading", { name: "合并 2 条客户" }).waitFor();

  await page.getByRole("radio", { name: "远汀物流", exact: true }).check();
  await page.getByRole("radio", { name: "客户名称：留「远汀物流集团」的值" }).check();
  await page.getByText("1 条商机的「客户」改为「远汀物流」").waitFor();
  await page.getByRole("button", { name: "合并成一条" }).click();
  await page.waitForURL(new RegExp(stays.id));
  await page.getByText("合并了 1 条，改指 1 条关联").waitFor();
  const now = await ask(page, "GET", `/records/opportunity/${deal.id}`);
  if (now.account.id !== stays.id) throw new Error("the deal points elsewhere");
  const kept = await ask(page, "GET", `/records/account/${stays.id}`);
  if (kept.name !== "远汀物流集团" || kept.website !== "https://example.com")
    throw new Error(JSON.stringify(kept));

  await page.getByRole("button", { name: "撤销" }).click();
  await page.getByText("已撤销").waitFor();
  const back = await ask(page, "GET", `/records/opportunity/${deal.id}`);
  if (back.account.id !== goes.id) throw new Error("the deal was not turned back");

  // merged again, by the list's own bar; the old address leads to the one that stays
  const versions = {};
  for (const one of [stays, goes])
    versions[one.id] = (await ask(page, "GET", `/records/account/${one.id}`)).version;
  await ask(page, "POST", `/records/account/${stays.id}/merge`, { others: [goes.id], versions });
  faults.expect(404);
  await page.goto(`${facts.url}/o/account/${goes.id}`);
  await page.waitForURL(new RegExp(stays.id));
  await page.getByRole("heading", { name: "远汀物流" }).waitFor();
});
