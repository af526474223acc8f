/** The board: a refusal filled in, the keyboard alone, a colleague who moves the same card, a card composed anew. */
import { check, walking } from "./browser.mjs";
import { ask, enter, facts } from "./steps.mjs";

await walking(async (page, { faults, browser }) => {
  await enter(page, "/");
  const made = await ask(page, "POST", "/records/opportunity", { name: "产线预测性维护一期", stage: "lead" });
  await ask(page, "POST", "/records/opportunity", { name: "刀具寿命预测", stage: "lead" });
  const { pipelines } = await ask(page, "GET", "/pipelines");
  const pipeline = pipelines.find((one) => one.object === "opportunity");
  pipeline.stages.find((one) => one.key === "first_contact").required = ["next_step"];
  await ask(page, "PUT", "/pipelines", pipeline);

  await page.goto(`${facts.url}/board/opportunity`);
  const column = (name) => page.getByRole("region", { name, exact: true });
  const card = (name, inside = page) => inside.getByRole("article", { name, exact: true });
  const told = page.getByRole("status").filter({ hasText: /「/ });
  const hold = async (name) => {
    const from = await card(name).boundingBox();
    await page.mouse.move(from.x + 30, from.y + 20);
    await page.mouse.down();
    await page.mouse.move(from.x + 60, from.y + 26, { steps: 4 });
  };
  const drop = async (stage) => {
    const to = await column(stage).boundingBox();
    await page.mouse.move(to.x + 60, to.y + 140, { steps: 8 });
    await page.mouse.up();
  };

  // Refused: the reason stands in the target column, nothing was written; filled in there, the card moves.
  await card("产线预测性维护一期").waitFor();
  faults.expect(409);
  await hold("产线预测性维护一期");
  await drop("初步接触");
  const refusal = column("初步接触").getByRole("alertdialog");
  await refusal.getByText("卡片没有移动，也没有写入任何记录").waitFor();
  check((await ask(page, "GET", `/records/opportunity/${made.id}`)).stage === "lead", "a refused card moved");
  await refusal.getByRole("textbox", { name: "下一步" }).fill("约首次拜访");
  await refusal.getByRole("button", { name: "补齐并移动" }).click();
  await card("产线预测性维护一期", column("初步接触")).waitFor();
  const saved = await ask(page, "GET", `/records/opportunity/${made.id}`);
  check(
    saved.stage === "first_contact" && saved.next_step === "约首次拜访",
    "what was filled in is not saved",
  );

  // The keyboard alone: arrows to the card, M takes it, an arrow carries it, Enter puts it down; and it is said.
  await card("刀具寿命预测").getByRole("link").focus();
  await page.keyboard.press("ArrowRight");
  await page.waitForFunction(() => document.activeElement?.textContent === "产线预测性维护一期");
  await page.keyboard.press("m");
  await page.waitForTimeout(300);
  await page.keyboard.press("ArrowRight");
  await page.waitForTimeout(300);
  await page.keyboard.press("Enter");
  await card("产线预测性维护一期", column("需求挖掘")).waitFor();
  await told.filter({ hasText: "已移到「需求挖掘」" }).waitFor({ state: "attached" });

  // A colleague moves a card: it moves here too, with who did it.
  const { roles } = await ask(page, "GET", "/roles");
  const administrator = roles.find((one) => one.key === "administrator") ?? roles[0];
  const colleague = {
    email: "cheng@example.com",
    name: "程一禾",
    password: facts.password,
    roles: [administrator.key],
  };
  await ask(page, "POST", "/users", colleague).catch(() =>
    ask(page, "POST", "/users", { ...colleague, roles: [administrator.id] }),
  );
  const other = await browser.newContext();
  await other.request.post(`${facts.url}/api/v1/session`, {
    data: { email: colleague.email, password: colleague.password },
  });
  const theirs = async (stage) => {
    const record = await (
      await other.request.get(`${facts.url}/api/v1/records/opportunity/${made.id}`)
    ).json();
    const answer = await other.request.patch(`${facts.url}/api/v1/records/opportunity/${made.id}`, {
      data: { stage },
      headers: { "If-Match": `"${record.version}"` },
    });
    check(answer.ok(), `the colleague's move: ${answer.status()}`);
  };
  await theirs("solution");
  await card("产线预测性维护一期", column("方案呈现")).getByText("程一禾 刚移来").waitFor({ timeout: 5_000 });

  // Both drag the same card: it is not torn from the hand, and the second is told where it went.
  await hold("产线预测性维护一期");
  await theirs("negotiation");
  await page.waitForTimeout(2_500);
  faults.expect(412);
  await drop("需求挖掘");
  const conflict = column("需求挖掘").getByRole("alertdialog", { name: "程一禾 刚把它移到「商务谈判」" });
  await conflict.getByRole("button", { name: "留在「商务谈判」" }).click();
  await card("产线预测性维护一期", column("商务谈判")).waitFor();

  // The card: one fact swapped for another, seen at once, for everybody.
  await page.getByRole("button", { name: "卡片", exact: true }).click();
  const composer = page.getByRole("dialog");
  await composer.getByRole("combobox", { name: "底部左侧" }).click();
  await page.keyboard.type("预计成交日");
  await page.keyboard.press("Enter");
  await composer.getByRole("button", { name: "对所有人生效" }).click();
  await composer.waitFor({ state: "hidden" });
  const object = await ask(page, "GET", "/objects/opportunity");
  const fact = object.config.card.find((one) => one.place === "foot");
  check(fact.field === "close_date", `the card shows ${fact.field}`);
  await page.reload();
  await card("刀具寿命预测").waitFor();
  check(
    !(await card("刀具寿命预测").innerText()).includes("没有下一步"),
    "the fact that was swapped is still there",
  );
});
