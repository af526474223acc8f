import { check, walking } from "./browser.mjs";
import { facts, signIn } from "./steps.mjs";

await walking(async (page, { faults }) => {
  // A page one may not see without a session leads to the sign-in, and back after it.
  faults.expect(401, 401);
  await page.goto(`${facts.url}/o/account`);
  await page.getByRole("heading", { name: "登录" }).waitFor();

  await page.getByLabel("邮箱").fill(facts.email);
  await page.getByLabel("密码", { exact: true }).fill("not-the-password");
  faults.expect(401);
  await page.getByRole("button", { name: "登录" }).click();
  await page.getByRole("alert").filter({ hasText: "邮箱或密码不对" }).waitFor();
  await page.getByLabel("密码", { exact: true }).fill(facts.password);
  await page.getByRole("button", { name: "登录" }).click();
  await page.waitForURL("**/o/account");
  await page.getByRole("heading", { name: "客户", exact: true }).waitFor();

  await page.getByRole("button", { name: "账号与设置" }).click();
  await page.getByRole("menuitem", { name: "English" }).click();
  await page.getByRole("heading", { name: "Accounts" }).waitFor();
  check((await page.getAttribute("html", "lang")) === "en", "the document does not say that it is English");
  await page.reload();
  await page.getByRole("heading", { name: "Accounts" }).waitFor();

  await page.getByRole("button", { name: "Account and settings" }).click();
  await page.getByRole("menuitem", { name: "Sign out" }).click();
  await page.getByRole("heading", { name: "Sign in" }).waitFor();
  await page.getByRole("button", { name: "中文" }).click();
  await page.getByRole("heading", { name: "登录" }).waitFor();
  // The language belongs to the person: it comes back with the sign-in, whatever the page before it showed.
  faults.found.splice(0, faults.found.length, ...faults.found.filter((one) => !one.startsWith("401")));
  await page.getByLabel("邮箱").fill(facts.email);
  await page.getByLabel("密码", { exact: true }).fill(facts.password);
  await page.getByRole("button", { name: "登录" }).click();
  await page.getByRole("navigation", { name: "Main navigation" }).waitFor();

  // After five wrong passwords the account waits; the page says for how long.
  await page.getByRole("button", { name: "Account and settings" }).click();
  await page.getByRole("menuitem", { name: "Sign out" }).click();
  await page.getByRole("heading", { name: "Sign in" }).waitFor();
  faults.expect(401, 401, 401, 401, 401, 429);
  for (let time = 0; time < 6; time += 1) {
    await page.getByLabel("E-mail").fill(facts.email);
    await page.getByLabel("Password", { exact: true }).fill(`wrong ${time}`);
    const answered = page.waitForResponse((response) => response.url().endsWith("/session"));
    await page.getByRole("button", { name: "Sign in" }).click();
    await answered;
  }
  await page.getByRole("alert").filter({ hasText: "Too many wrong passwords" }).waitFor();
});
