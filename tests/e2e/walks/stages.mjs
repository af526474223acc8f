import { check, walking } from "./browser.mjs";
import { ask, enter } from "./steps.mjs";

await walking(async (page) => {
  await enter(page, "/");
  const account = await ask(page, "POST", "/records/account", { name: "清溪电气" });
  const deal = await ask(page, "POST", "/records/opportunity", { name: "产线改造", account: account.id, stage: "solution" });
  await page.goto(`${new URL(page.url()).origin}/build/objects?object=opportunity&tab=stages`);
  const names = () => page.locator(".stage-title").allTextContents();

  // A new stage stands before the end; it is named, asks for a field, and moves with the keyboard.
  await page.getByRole("button", { name: "加阶段" }).click();
  const panel = page.getByRole("complementary");
  await panel.getByLabel("中文名").fill("内部评审");
  await panel.getByLabel("英文名").fill("Review");
  await panel.getByRole("combobox", { name: "进入前必填" }).click();
  await page.getByTitle("金额", { exact: true }).click();
  await page.keyboard.press("Escape");
  await panel.getByRole("button", { name: "左移" }).click();
  check((await names())[4] === "+ 内部评审", `the stage is not where it was put: ${await names()}`);
  await page.getByRole("button", { name: "撤销", exact: true }).click();
  check((await names())[5] === "+ 内部评审", "undo did not move it back");
  await page.getByRole("button", { name: "重做" }).click();

  await page.getByRole("button", { name: "改名" }).click();
  await page.getByRole("complementary", { name: "流程" }).getByLabel("中文名").fill("工厂销售流程");
  await page.getByRole("heading", { name: "工厂销售流程" }).first().waitFor();

  // One with a deal in it goes only when it is said where the deal moves to.
  await page.getByRole("button", { name: "方案呈现", exact: true }).click();
  await page.getByRole("complementary", { name: "方案呈现" }).getByRole("button", { name: "停用阶段" }).click();
  const publish = page.getByRole("button", { name: "发布阶段" });
  check(await publish.isDisabled(), "stages could be published without a way out for the deal");
  await page.getByRole("combobox", { name: "「方案呈现」要停用，把里面的 1 条记录移到" }).click();
  await page.getByTitle("需求挖掘", { exact: true }).last().click();
  await publish.click();
  await page.getByText("v2", { exact: true }).waitFor();

  const { pipelines } = await ask(page, "GET", "/pipelines");
  check(pipelines.some((one) => one.labels.zh === "工厂销售流程"), "the process kept its old name");
  const stages = pipelines.find((one) => one.object === "opportunity").stages;
  check(
    stages.map((one) => one.labels.zh).join() === "线索获取,初步接触,需求挖掘,内部评审,商务谈判,赢单,输单",
    `the stages are not in the order that was published: ${stages.map((one) => one.labels.zh)}`,
  );
  check(stages[3].required.join() === "amount", "the new stage does not ask for the amount");
  const moved = await ask(page, "GET", `/records/opportunity/${deal.id}`);
  check(moved.stage === "needs_discovery", `the deal stands in ${moved.stage}`);
  const path = await ask(page, "GET", `/records/opportunity/${deal.id}/path`);
  check(path.stages.some((one) => one.labels.zh === "方案呈现" && one.visits.length === 1), "the history lost the stage");
});
