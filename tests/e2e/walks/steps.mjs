/** Steps that several walks share. */
export const facts = JSON.parse(process.env.FACTS);

/** Sign in by the form. */
export async function signIn(page, faults, { password = facts.password } = {}) {
  faults.expect(401);
  await page.goto(facts.url);
  await page.getByLabel("邮箱").fill(facts.email);
  await page.getByLabel("密码", { exact: true }).fill(password);
  await page.getByRole("button", { name: "登录" }).click();
  await page.getByRole("navigation", { name: "主导航" }).waitFor();
}

/** A session without the form, for walks that are about something else. */
export async function enter(page, path = "/") {
  const answer = await page.request.post(`${facts.url}/api/v1/session`, {
    data: { email: facts.email, password: facts.password },
  });
  if (!answer.ok()) throw new Error(`sign-in: ${answer.status()}`);
  await page.goto(facts.url + path);
}

/** Ask the server with the page's own session. */
export async function ask(page, method, path, body) {
  const answer = await page.request.fetch(`${facts.url}/api/v1${path}`, { method, data: body });
  if (!answer.ok()) throw new Error(`${method} ${path}: ${answer.status()} ${await answer.text()}`);
  return answer.status() === 204 ? null : answer.json();
}
