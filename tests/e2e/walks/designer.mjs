import { check, walking } from "./browser.mjs";
import { ask, enter, facts } from "./steps.mjs";

/** Carry something with the mouse, in steps as a hand does, to the middle of something else. */
async function drag(page, from, to, { say } = {}) {
  await from.scrollIntoViewIfNeeded();
  const start = await from.boundingBox();
  await page.mouse.move(start.x + start.width / 2, start.y + start.height / 2);
  await page.mouse.down();
  await page.mouse.move(start.x + start.width / 2 + 12, start.y + start.height / 2 + 12, { steps: 3 });
  const end = await to.boundingBox();
  await page.mouse.move(end.x + 30, end.y + Math.min(end.height / 2, 30), { steps: 10 });
  if (say) await page.getByText(say).first().waitFor();
  await page.mouse.up();
}

await walking(async (page) => {
  await enter(page, "/build/objects");
  await page.getByRole("button", { name: "新建对象" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("中文名").fill("设备");
  await dialog.getByLabel("英文名").fill("Device");
  await dialog.getByRole("button", { name: "建立对象" }).click();
  await page.waitForURL("**object=device*");

  // A field by dragging its type onto the form; the place is outlined and says what will stand there.
  const tile = (name) => page.getByRole("button", { name: new RegExp(`^${name}，`) });
  await drag(page, page.getByRole("button", { name: "把「日期」放上表单" }), tile("名称"), { say: "放开即放在这里：日期" });
  let panel = page.getByRole("complementary", { name: "日期" });
  await panel.getByLabel("中文名").fill("投产日");
  await page.getByRole("complementary", { name: "投产日" }).getByLabel("英文名").fill("In use since");
  // Another one with the keyboard alone: "/" and the name of the type.
  await tile("投产日").focus();
  await page.keyboard.press("/");
  await page.keyboard.type("金额");
  await page.keyboard.press("Enter");
  panel = page.getByRole("complementary", { name: "金额" });
  await panel.getByLabel("中文名").fill("造价");
  await page.getByRole("complementary", { name: "造价" }).getByLabel("英文名").fill("Cost");
  await tile("造价").focus();
  await page.keyboard.press("Alt+ArrowUp");
  const order = () =>
    page.locator(".tile-main").evaluateAll((all) => all.map((one) => one.getAttribute("aria-label").split("，")[0]));
  check((await order())[0] === "造价", `the field did not move up: ${await order()}`);

  // Undone and done again; nothing is in use before it is published.
  await page.getByRole("button", { name: "撤销", exact: true }).click();
  check((await order())[0] === "投产日", `undo did not put it back: ${await order()}`);
  await page.getByRole("button", { name: "重做" }).click();
  check((await order())[0] === "造价", "redo did not move it again");
  const before = await ask(page, "GET", "/objects/device");
  check(!before.fields.some((one) => one.key === "cost"), "a drafted field is in use already");

  // A section of its own, put before the other by its menu.
  await page.getByRole("button", { name: "加一节" }).click();
  await page.getByRole("complementary").getByLabel("中文名").fill("采购");
  await page.getByRole("button", { name: "「采购」这节的菜单" }).click();
  await page.getByRole("menuitem", { name: "上移" }).click();
  await page.getByRole("button", { name: "「造价」的菜单" }).click();
  await page.getByRole("menuitem", { name: "移到" }).hover();
  await page.getByRole("menuitem", { name: "采购" }).click();

  await page.getByRole("button", { name: /^发布 \d+ 处改动$/ }).click();
  const ask1 = page.getByRole("dialog");
  await ask1.getByText("新增「造价」").waitFor();
  await ask1.getByRole("button", { name: "发布", exact: true }).click();
  await ask1.waitFor({ state: "hidden" });
  const made = await ask(page, "GET", "/objects/device");
  check(
    made.layout.sections[0].labels.zh === "采购" && made.layout.sections[0].fields.join() === "cost",
    `the layout is not what was published: ${JSON.stringify(made.layout.sections)}`,
  );

  // Used at once: in the form, the list and a filter.
  await page.getByRole("navigation", { name: "主导航" }).getByRole("link", { name: "设备" }).click();
  await page.getByRole("button", { name: "新建设备" }).first().click();
  const form = page.getByRole("dialog");
  await form.getByLabel("名称").fill("冲压线一号");
  await form.getByLabel("造价").first().fill("128600");
  await form.getByRole("button", { name: "保存" }).click();
  await page.waitForURL("**/o/device/*");
  const filter = encodeURIComponent(JSON.stringify({ all: [{ field: "cost", op: "gt", value: "1000" }] }));
  await page.goto(`${facts.url}/o/device?filter=${filter}`);
  await page.getByText("冲压线一号").first().waitFor();

  // A field that is in use shows where, and publishing waits until that is settled.
  await ask(page, "POST", "/views", {
    object: "device", labels: { zh: "贵重设备", en: "Costly" }, shared: true, sort: "-cost",
    filter: { all: [{ field: "cost", op: "gt", value: "1000" }] },
  });
  await page.goto(`${facts.url}/build/objects?object=device&field=cost`);
  const cost = page.getByRole("complementary", { name: "造价" });
  await cost.getByRole("link", { name: /视图筛选 · 贵重设备/ }).waitFor();
  await cost.getByText("1 条记录有值").waitFor();
  await cost.getByRole("button", { name: "停用" }).click();
  await page.getByRole("button", { name: "发布 1 处改动" }).click();
  const ask2 = page.getByRole("dialog");
  await ask2.getByRole("alert").getByText(/用在 \d+ 处/).waitFor();
  check(await ask2.getByRole("button", { name: "发布", exact: true }).isDisabled(), "publishing did not wait");
  await ask2.getByRole("checkbox", { name: "把停用的字段从这些地方拿掉" }).check();
  await ask2.getByText("停用「造价」，1 条记录的值保留但看不见").waitFor();
  await ask2.getByRole("button", { name: "发布", exact: true }).click();
  await ask2.waitFor({ state: "hidden" });
  const { views } = await ask(page, "GET", "/views?object=device");
  check(JSON.stringify(views[0].filter) === "{}", `the view still names the field: ${JSON.stringify(views[0])}`);

  // As a role: the assistant may not see amounts of money.
  await page.goto(`${facts.url}/build/objects?object=opportunity`);
  await tile("金额").waitFor();
  await page.getByRole("combobox", { name: "预览身份" }).click();
  await page.getByTitle("销售助理", { exact: true }).click();
  const preview = page.getByRole("region", { name: "预览" });
  await preview.getByText("商机名称").waitFor();
  check((await preview.getByText("金额", { exact: true }).count()) === 0, "the assistant sees the amount");
});
