import { readFileSync } from "node:fs";
import { check, walking } from "./browser.mjs";
import { ask, enter, facts } from "./steps.mjs";

await walking(async (page) => {
  await enter(page, "/import?object=account");
  await page.locator("input[type=file]").setInputFiles(facts.file);
  await page.getByRole("heading", { name: "哪一列放到哪个字段" }).waitFor();
  check(
    await page.getByRole("row", { name: /客户名称.*清溪电气/ }).isVisible(),
    "the column is not shown with its first values",
  );

  // The column that no field knows becomes one.
  await page.getByRole("combobox", { name: "「负责项目」放到" }).click();
  await page.getByTitle(/新建字段「负责项目」/).click();
  await page.getByRole("row", { name: /负责项目/ }).getByTitle("负责项目").waitFor();

  await page.getByRole("button", { name: "试一遍" }).click();
  await page.getByText("试了 2 行：会新建 1，更新 0，未变 0，退回 1").waitFor();
  check(await page.getByRole("row", { name: /第 3 行.*电话/ }).isVisible(), "the bad row is not named with its reason");
  check((await ask(page, "GET", "/records/account?total=true")).total === 0, "the trial wrote something");

  await page.getByRole("button", { name: "导入 2 行" }).click();
  await page.getByRole("heading", { name: "customers.csv 导入完成" }).waitFor();
  const [download] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("link", { name: "下载退回的 1 行" }).click(),
  ]);
  const refused = readFileSync(await download.path(), "utf8");
  check(refused.includes("松江阀门") && !refused.includes("清溪电气"), "the refused file holds other rows than the refused one");

  await page.getByRole("link", { name: "查看客户" }).click();
  await page.getByText("清溪电气").first().waitFor();
  await page.goBack();

  await page.getByRole("button", { name: "撤销这次导入" }).click();
  await page.getByRole("tooltip").getByRole("button", { name: "撤销这次导入" }).click();
  await page.getByText("已撤销：移走 1，还原 0，保留 0").waitFor();
  check((await ask(page, "GET", "/records/account?total=true")).total === 0, "the undo left a record behind");
});
