/** A list: filter built of any and none, a view saved and sent, a cell refused, a conflict decided, bulk taken back. */
import { walking } from "./browser.mjs";
import { ask, enter, facts } from "./steps.mjs";

await walking(async (page, { faults, browser }) => {
  await enter(page, "/o/opportunity?view=all");
  const table = page.getByRole("table", { name: "商机" });
  const cell = (row, column) => table.getByRole("row").nth(row).getByRole("cell").nth(column);
  await table.getByRole("row").nth(3).waitFor();

  // filter: any of two, with its sentence beneath
  await page.getByRole("button", { name: "条件", exact: true }).click();
  await page.getByRole("button", { name: /组合条件/ }).click();
  const builder = page.getByRole("dialog");
  await builder.getByRole("combobox", { name: "怎样算满足" }).click();
  await page.getByTitle("满足任意一个", { exact: true }).click();
  const field = async (place, name) => {
    await builder.getByRole("combobox", { name: "字段" }).nth(place).click();
    await page.getByRole("menuitemcheckbox", { name, exact: true }).click();
  };
  await field(0, "金额");
  await builder.getByLabel("值").first().fill("50万");
  await builder.getByRole("button", { name: "条件", exact: true }).click();
  await field(1, "赢率");
  await builder.getByLabel("值").nth(1).fill("50");
  await builder.getByText("金额不低于").last().waitFor();
  await builder.getByRole("button", { name: "应用" }).click();
  await page.getByText("视图已改动").waitFor();

  // saved, shared, and opened by somebody else
  await page.getByRole("button", { name: "另存为" }).click();
  await page.getByLabel("视图名称").fill("大单或快成的");
  await page.getByRole("checkbox", { name: "大家都能看到" }).check();
  await page.getByRole("button", { name: "存为视图" }).click();
  await page.getByRole("link", { name: /^大单或快成的/ }).waitFor();
  const address = page.url();
  const counted = async (there) => {
    const count = there.getByRole("region", { name: "合计" }).getByText(/^共 \d+ 条$/);
    await count.waitFor();
    return count.innerText();
  };
  const shown = await counted(page);
  const mate = { email: "mate@example.com", password: "paper-and-ink-10" };
  const roles = (await ask(page, "GET", "/roles")).roles;
  await ask(page, "POST", "/users", {
    ...mate,
    name: "程一禾",
    roles: [roles.find((one) => one.key === "administrator").key],
  });
  const other = await browser.newContext({ viewport: { width: 1440, height: 900 }, locale: "zh-CN" });
  const second = await other.newPage();
  const signed = await second.request.post(`${facts.url}/api/v1/session`, { data: mate });
  if (!signed.ok()) throw new Error(`mate: ${signed.status()}`);
  await second.goto(address);
  await second.getByRole("link", { name: /^大单或快成的/, current: "page" }).waitFor();
  const seen = await counted(second);
  if (seen !== shown) throw new Error(`${seen} is not ${shown}`);

  // a refusal stays in the cell with what was typed
  await page.goto(`${facts.url}/o/opportunity?view=all&sort=name`);
  await table.getByRole("row").nth(3).waitFor();
  await cell(1, 4).click();
  await cell(1, 4).click();
  const amount = page.getByRole("textbox", { name: "金额" });
  await amount.fill("-5");
  faults.expect(422);
  await amount.press("Enter");
  await page.getByRole("alert").waitFor();
  if ((await amount.inputValue()) !== "-5") throw new Error("what was typed is gone");
  await amount.fill("123456");
  await amount.press("Enter");
  await table.getByText("123,456").first().waitFor();

  // somebody else was first: both values, mine is kept
  const record = (await ask(page, "GET", "/records/opportunity?sort=name&limit=1&fields=next_step"))
    .records[0];
  await cell(1, 8).click();
  await cell(1, 8).click();
  const step = page.getByRole("textbox", { name: "下一步" });
  await step.fill("我写的");
  const there = await second.request.patch(`${facts.url}/api/v1/records/opportunity/${record.id}`, {
    data: { next_step: "别人写的" },
    headers: { "If-Match": `"${record.version}"`, Origin: facts.url },
  });
  if (!there.ok()) throw new Error(`patch: ${there.status()}`);
  faults.expect(412);
  await step.press("Enter");
  const clash = page.getByRole("alertdialog");
  await clash.getByText("别人写的").waitFor();
  await clash.getByText("我写的").waitFor();
  await clash.getByRole("button", { name: "保存" }).click();
  await table.getByText("我写的").waitFor();

  // many at once: counted, done, taken back as a whole
  await page
    .getByRole("checkbox", { name: /^选择 / })
    .nth(0)
    .click();
  await page
    .getByRole("checkbox", { name: /^选择 / })
    .nth(2)
    .click({ modifiers: ["Shift"] });
  await page.getByRole("toolbar", { name: "批量操作" }).getByText("已选 3 条").waitFor();
  await page.getByRole("button", { name: "标签" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("combobox", { name: "标签" }).fill("重点");
  await page.keyboard.press("Enter");
  await dialog.getByText("会改 3 条").waitFor();
  await dialog.getByText(/给 3 条/).click();
  await dialog.getByRole("button", { name: "改 3 条" }).click();
  await page.getByText("改好了 3 条").waitFor();
  const tagged = { field: "tags", op: "contains_any", value: ["重点"] };
  const count = async () =>
    (await ask(page, "POST", "/records/opportunity/aggregate", { filter: tagged })).rows[0].count;
  if ((await count()) !== 3) throw new Error(`three should have the tag: ${await count()}`);
  await page.getByRole("button", { name: "撤销" }).click();
  await page.getByText("已撤销").waitFor();
  if ((await count()) !== 0) throw new Error("none should have the tag any more");

  // the scrollbar has the length of all rows: the end is there at once, and its rows come
  const all = await ask(page, "POST", "/records/opportunity/aggregate", {});
  const scroller = page.locator(".table");
  const place = await scroller.evaluate((one) => {
    one.scrollTo(0, one.scrollHeight);
    return one.scrollTop;
  });
  if (place < (all.rows[0].count - 30) * 38) throw new Error(`the list ends at ${place}`);
  await page.locator(`[role=row][aria-rowindex="${all.rows[0].count + 1}"] a.name`).waitFor();
  await scroller.evaluate((one) => one.scrollTo(0, 0));

  // columns by keyboard: the second moves right, its edge grows
  const heads = () => table.getByRole("columnheader").allInnerTexts();
  const before = await heads();
  await table.getByRole("button", { name: before[2], exact: true }).focus();
  await page.keyboard.press("Alt+ArrowRight");
  await page.waitForURL(/cols=/);
  const after = await heads();
  if (after[3] !== before[2]) throw new Error(`${before} → ${after}`);
  await table.getByRole("button", { name: "调整「阶段」的列宽" }).press("ArrowRight");
  await page.waitForURL(/widths=/);
});
