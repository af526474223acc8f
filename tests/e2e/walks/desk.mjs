/** My desk: things with their reasons, done with an undo, another day, a line logged, live changes and notices. */
import { walking } from "./browser.mjs";
import { enter, facts } from "./steps.mjs";

const HOUR = 3_600_000;

await walking(async (page, { context, faults }) => {
  await enter(page);
  const call = async (method, path, data, version) => {
    const headers = { Origin: facts.url, ...(version ? { "If-Match": `"${version}"` } : {}) };
    const answer = await page.request.fetch(`${facts.url}/api/v1${path}`, { method, data, headers });
    if (!answer.ok()) throw new Error(`${method} ${path}: ${answer.status()} ${await answer.text()}`);
    return answer.status() === 204 ? null : answer.json();
  };
  const me = (await call("GET", "/me")).user;
  const task = (title, days) =>
    call("POST", "/records/task", {
      title,
      assignee: me.id,
      due_at: new Date(Date.now() + days * 24 * HOUR).toISOString(),
    });
  const line = (text) => page.getByRole("list").getByRole("listitem").filter({ hasText: text });
  const shown = (text) => line(text).waitFor();
  const gone = (text) => line(text).waitFor({ state: "detached" });

  // A thing comes by itself, says why, and leaves with one tap.
  await page.getByRole("heading", { name: "工作台" }).waitFor();
  await task("给青禾回电", -2);
  await shown("给青禾回电");
  await line("给青禾回电").getByText("逾期 2 天").waitFor();
  await line("给青禾回电").getByText("前做完").waitFor();
  await line("给青禾回电").getByRole("button", { name: "完成" }).click();
  await gone("给青禾回电");

  // The undo really undoes.
  await page.getByRole("status").getByRole("button", { name: "撤销" }).first().click();
  await shown("给青禾回电");
  const [back] = (await call("GET", `/records/task?search=${encodeURIComponent("给青禾回电")}`)).records;
  if (back.status !== "open") throw new Error(`the task is ${back.status} after the undo`);

  // Another day, chosen in the row.
  await line("给青禾回电")
    .getByRole("button", { name: /更多操作/ })
    .click();
  await page.getByRole("menuitem", { name: "改期" }).click();
  await line("给青禾回电").getByRole("button", { name: "明天" }).click();
  await gone("给青禾回电");

  // When somebody else was quicker it comes back, with the reason in its place.
  const quick = await task("寄合同", -1);
  await shown("寄合同");
  const path = "**/api/v1/records/task/*";
  let quicker = false;
  await page.route(path, async (route) => {
    if (quicker) return route.continue();
    quicker = true;
    await call("PATCH", `/records/task/${quick.id}`, { description: "先一步" }, quick.version);
    faults.expect(412);
    await route.continue();
  });
  await line("寄合同").getByRole("button", { name: "完成" }).click();
  await line("寄合同").getByRole("alert").waitFor();
  await page.unroute(path);
  await page.reload();
  await shown("寄合同");

  // Rest until tomorrow, and back.
  await line("寄合同")
    .getByRole("button", { name: /更多操作/ })
    .click();
  await page.getByRole("menuitem", { name: "稍后再看" }).click();
  await line("寄合同").getByRole("button", { name: "明天" }).click();
  await gone("寄合同");
  await page.getByRole("status").getByRole("button", { name: "撤销" }).last().click();
  await shown("寄合同");

  // The keyboard alone: choose with J, finish with D.
  await page.locator("#page").focus();
  await page.keyboard.press("j");
  await page.keyboard.press("d");
  await gone("寄合同");

  // Another window of the same person hears of it, without being touched.
  const other = await context.newPage();
  await other.goto(`${facts.url}/o/task`);
  await other.getByRole("heading", { name: /任务/ }).first().waitFor();
  await task("另一个窗口里新建的", 0.05);
  await other.getByText("另一个窗口里新建的").first().waitFor({ timeout: 15_000 });
  await other.close();

  // Somebody else gives a record: the bell counts it, and its line leads there.
  const email = `giver.${Date.now()}@example.com`;
  await call("POST", "/users", {
    email,
    name: "程一禾",
    password: "giver-of-things-1",
    roles: ["administrator"],
  });
  const browser = context.browser();
  const giver = await (await browser.newContext()).newPage();
  const signed = await giver.request.post(`${facts.url}/api/v1/session`, {
    data: { email, password: "giver-of-things-1" },
    headers: { Origin: facts.url },
  });
  if (!signed.ok()) throw new Error(`the giver cannot sign in: ${signed.status()}`);
  const given = await giver.request.post(`${facts.url}/api/v1/records/account`, {
    data: { name: "澜石仪器", owner: me.id },
    headers: { Origin: facts.url },
  });
  if (!given.ok()) throw new Error(`the giver cannot give: ${await given.text()}`);
  await page.bringToFront();
  await page.getByRole("button", { name: /提醒，1 条未读/ }).click({ timeout: 15_000 });
  await page.getByRole("dialog").getByText("程一禾 把客户「澜石仪器」交给了你").click();
  await page.waitForURL(/\/o\/account\//);
  await page.getByRole("button", { name: "提醒", exact: true }).waitFor();
});
