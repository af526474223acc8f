/** The calendar: a task made on a day, moved by hand and by keyboard, taken back, and a refusal in its place. */
import { check, walking } from "./browser.mjs";
import { ask, enter, facts } from "./steps.mjs";

await walking(async (page, { faults }) => {
  await enter(page, "/");
  await page.getByRole("navigation", { name: "主导航" }).getByRole("link", { name: "日历" }).click();
  await page.goto(`${facts.url}/calendar?date=2027-03-10`);
  const day = (number) => page.locator(`[data-drop="2027-03-${number}"]`);

  // A click on a day: a title and Enter.
  await day(10).hover();
  await day(10)
    .getByRole("button", { name: /^在3月10日.*新建$/ })
    .click();
  await page.getByRole("textbox", { name: "新建任务" }).fill("回访远汀物流");
  await page.keyboard.press("Enter");
  const task = (number) => day(number).getByRole("link", { name: /回访远汀物流/ });
  await task(10).waitFor();
  const due = async () => (await ask(page, "GET", "/records/task")).records[0].due_at;
  check(
    (await due()) === "2027-03-10T10:00:00Z" || (await due()).startsWith("2027-03-10T10:00:00"),
    `due ${await due()}`,
  );

  // Dragged two days on: the clock stays; then taken back.
  const from = await task(10).boundingBox();
  const to = await day(12).boundingBox();
  await page.mouse.move(from.x + 10, from.y + 6);
  await page.mouse.down();
  await page.mouse.move(from.x + 30, from.y + 12, { steps: 4 });
  await page.mouse.move(to.x + 60, to.y + 60, { steps: 8 });
  await page.mouse.up();
  await task(12).waitFor();
  await page.getByRole("button", { name: "撤销" }).click();
  await task(10).waitFor();

  // The keyboard: M takes it, an arrow carries it a week on, Enter puts it down; T leads back to today.
  await task(10).focus();
  await page.keyboard.press("m");
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  await task(17).waitFor();
  await page.waitForFunction(async () => {
    const answer = await fetch("/api/v1/records/task");
    return (await answer.json()).records[0].due_at.startsWith("2027-03-17T10:00:00");
  });

  // A contract may not end before it begins: back on its day, with the reason.
  await ask(page, "POST", "/records/contract", {
    name: "维保合同",
    start_date: "2027-03-20",
    end_date: "2027-03-25",
  });
  await page.goto(`${facts.url}/calendar?date=2027-03-10&object=contract`);
  const contract = (number) => day(number).getByRole("link", { name: /维保合同/ });
  await contract(25).focus();
  faults.expect(422);
  await page.keyboard.press("m");
  await page.keyboard.press("ArrowUp");
  await page.keyboard.press("Enter");
  await day(18)
    .getByRole("alertdialog", { name: "「维保合同」没有移动" })
    .getByText(/不能早于/)
    .waitFor();
  await contract(25).waitFor();
  await page.getByRole("button", { name: "放回" }).click();

  // The same filter as rows, and the day in the address.
  await page.getByRole("link", { name: "列表" }).click();
  await page.waitForURL("**/o/contract*");
  await page.goBack();
  await page.keyboard.press("t");
  await page.waitForFunction(() => !location.search.includes("2027-03"));
});
