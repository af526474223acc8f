import { check, walking } from "./browser.mjs";
import { ask, facts } from "./steps.mjs";

await walking(async (page, { faults }) => {
  // A link with another token is refused and says where the right one is.
  faults.expect(403);
  await page.goto(`${facts.url}/setup?token=not-the-one`);
  const fill = async () => {
    await page.getByLabel("公司或团队名称").fill("澄湖智维");
    await page.getByLabel("你的姓名").fill(facts.name);
    await page.getByLabel("邮箱").fill(facts.email);
    await page.getByLabel("密码", { exact: true }).fill(facts.password);
  };
  await fill();
  await page.getByRole("button", { name: "开始使用" }).click();
  await page.getByRole("heading", { name: "这个链接不能用" }).waitFor();

  // The printed link, in the other language and back; a password that is too short is said beside its field.
  await page.goto(facts.link);
  await page.getByRole("button", { name: "English" }).click();
  await page.getByRole("heading", { name: "Set up your workspace" }).waitFor();
  await page.getByRole("button", { name: "中文" }).click();
  await fill();
  await page.getByLabel("密码", { exact: true }).fill("short");
  await page.getByRole("button", { name: "开始使用" }).click();
  await page.getByText("密码至少 8 位").first().waitFor();
  await page.getByLabel("密码", { exact: true }).fill(facts.password);
  await page.getByRole("radio", { name: /销售全流程/ }).check();
  await page.getByRole("button", { name: "开始使用" }).click();
  const sidebar = page.getByRole("navigation", { name: "主导航" });
  await sidebar.waitFor();
  await page.getByText("还没有商机").waitFor();

  // The first account and the first deal, by their forms.
  await sidebar.getByRole("link", { name: "客户", exact: true }).click();
  await page.getByRole("button", { name: "新建客户" }).first().click();
  await page.getByRole("dialog").getByLabel("客户名称").fill("青禾精密制造");
  await page.getByRole("dialog").getByRole("button", { name: "保存" }).click();
  await page.waitForURL("**/o/account/*");
  await sidebar.getByRole("link", { name: "商机", exact: true }).click();
  await page.getByRole("button", { name: "新建商机" }).first().click();
  const form = page.getByRole("dialog");
  await form.getByLabel("商机名称").fill("产线预测性维护一期");
  await form.getByRole("combobox", { name: /^客户/ }).click();
  await page.keyboard.type("青禾");
  await page.getByTitle("青禾精密制造").last().click();
  await form.getByRole("button", { name: "保存" }).click();
  await page.waitForURL("**/o/opportunity/*");
  await sidebar.getByRole("link", { name: "商机", exact: true }).click();
  await page.getByRole("link", { name: "产线预测性维护一期" }).waitFor();

  // The stage 方案呈现 asks for an amount from now on.
  const { pipelines } = await ask(page, "GET", "/pipelines");
  const pipeline = pipelines.find((one) => one.object === "opportunity");
  pipeline.stages.find((one) => one.key === "solution").required = ["amount"];
  await ask(page, "PUT", "/pipelines", pipeline);

  // By the pointer to the next stage.
  await sidebar.getByRole("link", { name: "销售管道" }).click();
  const card = page.locator("article").filter({ hasText: "产线预测性维护一期" }).first();
  await card.waitFor();
  const stage = async () => (await ask(page, "GET", "/records/opportunity")).records[0].stage;
  const drag = async (name) => {
    await card.waitFor();
    const from = await card.boundingBox();
    const to = await page.getByRole("region", { name, exact: true }).boundingBox();
    await page.mouse.move(from.x + 24, from.y + 18);
    await page.mouse.down();
    await page.mouse.move(from.x + 60, from.y + 24, { steps: 4 });
    await page.mouse.move(to.x + 60, to.y + 100, { steps: 8 });
    await page.mouse.up();
  };
  const until = async (wanted) => {
    for (let time = 0; time < 300 && (await stage()) !== wanted; time += 1) await page.waitForTimeout(100);
    check((await stage()) === wanted, `the deal is in ${await stage()} and not in ${wanted}`);
    await page.getByRole("region", { name: { first_contact: "初步接触", needs_discovery: "需求挖掘", solution: "方案呈现" }[wanted], exact: true })
      .locator("article").first().waitFor();
  };
  await drag("初步接触");
  await until("first_contact");

  // By the keyboard: M takes the card, an arrow carries it, Enter puts it down.
  await card.getByRole("link", { name: "产线预测性维护一期" }).focus();
  await page.keyboard.press("m");
  await page.waitForTimeout(300);
  await page.keyboard.press("ArrowRight");
  await page.waitForTimeout(300);
  await page.keyboard.press("Enter");
  await until("needs_discovery");

  // The stage that asks for an amount refuses, says so in place, and takes the card once it is filled in.
  faults.expect(409);
  await drag("方案呈现");
  await page.getByRole("alertdialog").getByText("还差 1 项，暂不能进入「方案呈现」").waitFor();
  check((await stage()) === "needs_discovery", "the refused move was stored");
  await page.getByRole("spinbutton").or(page.getByLabel("金额")).first().fill("1286000");
  await page.getByRole("button", { name: "补齐并移动" }).click();
  await until("solution");

  // The dashboard counts it.
  await sidebar.getByRole("link", { name: "看板" }).click();
  await page.getByRole("region", { name: "在谈商机" }).getByRole("link", { name: /方案呈现.*1/ }).waitFor();
  await page.getByRole("link", { name: /^在谈金额 .*128.6 万/ }).waitFor();

  // The link is spent.
  await page.goto(facts.link);
  await page.getByRole("heading", { name: "已经设置过了" }).waitFor();
});
