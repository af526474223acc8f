import { check, walking } from "./browser.mjs";
import { ask, enter } from "./steps.mjs";

await walking(async (page) => {
  await enter(page, "/build/objects");
  await page.getByRole("button", { name: "新建对象" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("中文名").fill("项目");
  await dialog.getByLabel("英文名").fill("Project");
  check((await dialog.getByLabel("键名").inputValue()) === "project", "the key is not proposed from the English name");
  await dialog.getByRole("button", { name: "建立对象" }).click();
  await page.waitForURL("**object=project*");

  const field = async (type, zh, en, more = async () => {}) => {
    const kept = page.waitForResponse((one) => one.url().includes("/draft") && one.request().method() !== "GET");
    await page.getByRole("button", { name: `把「${type}」放上表单` }).click();
    await kept; // the inspector is drawn anew when the draft is kept
    await page.waitForTimeout(150);
    await page.getByRole("complementary", { name: type }).getByLabel("中文名").fill(zh);
    const panel = page.getByRole("complementary", { name: zh });
    await panel.getByLabel("英文名").fill(en);
    await more(panel);
  };
  await field("金额", "预算", "Budget");
  await field("日期", "开工日", "Start day");
  await field("单选", "状态", "State", async (panel) => {
    for (const [place, zh, en] of [[1, "筹备", "Planned"], [2, "进行中", "Running"]]) {
      await panel.getByLabel(`选项 ${place} 中文`, { exact: true }).fill(zh);
      await panel.getByLabel(`选项 ${place} 英文`, { exact: true }).fill(en);
    }
  });
  await field("关联记录", "客户", "Account", async (panel) => {
    await panel.getByRole("combobox", { name: "关联到" }).click();
    await page.getByTitle("客户", { exact: true }).last().click();
  });
  const publish = async () => {
    await page.getByRole("button", { name: /^发布 \d+ 处改动$/ }).click();
    const asked = page.getByRole("dialog");
    await asked.getByRole("button", { name: "发布", exact: true }).click();
    await asked.waitFor({ state: "hidden" });
  };
  await publish();

  // A record of the new object: the sidebar knows it at once.
  await page.getByRole("navigation", { name: "主导航" }).getByRole("link", { name: "项目" }).click();
  await page.getByRole("heading", { name: "项目", exact: true }).waitFor();
  await page.getByRole("button", { name: "新建项目" }).first().click();
  const form = page.getByRole("dialog");
  await form.getByLabel("名称").fill("北区二期");
  await form.getByLabel("预算").first().fill("128600");
  await form.getByRole("button", { name: "保存" }).click();
  await page.waitForURL("**/o/project/*");
  await page.getByText("北区二期").first().waitFor();
  const { records } = await ask(page, "GET", "/records/project");
  check(records.length === 1 && Number(records[0].budget) === 128600, "the record was not stored with its budget");

  // Retired and brought back; the value is still there.
  await page.goto(`${new URL(page.url()).origin}/build/objects?object=project&tab=fields&field=budget`);
  await page.getByRole("complementary", { name: "预算" }).getByRole("button", { name: "停用", exact: true }).click();
  await publish();
  const retired = page.getByRole("region", { name: "停用的字段" });
  await retired.getByRole("button", { name: "恢复" }).click();
  await publish();
  await retired.waitFor({ state: "hidden" });
  const again = await ask(page, "GET", "/records/project");
  check(Number(again.records[0].budget) === 128600, "bringing the field back lost its value");

  // The preview of another type says what would be lost, and the change can be undone.
  await page.getByRole("button", { name: /名称.*name.*单行文本/ }).click();
  await page.getByRole("button", { name: "改类型" }).click();
  const retype = page.getByRole("dialog");
  await retype.getByRole("combobox", { name: "新类型" }).click();
  await page.getByTitle("数字", { exact: true }).click();
  await retype.getByText("1 条有值：0 条能转换，1 条会丢失").waitFor();
  await retype.getByRole("button", { name: /Close|关闭/ }).click();
  await retype.waitFor({ state: "hidden" });

  await page.getByRole("tab", { name: "改动" }).click();
  const added = page.getByText("加了字段「开工日」").locator("..");
  await added.getByRole("button", { name: "撤销" }).click();
  await added.getByText("已撤销").waitFor();
  const object = await ask(page, "GET", "/objects/project");
  check(!object.fields.some((one) => one.key === "start_day"), "the undone field is still there");
});
