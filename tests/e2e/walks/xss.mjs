/** A corpus of scripts in every text that can be typed: none runs, and the browser reports nothing refused by the policy. */
import { check, walking } from "./browser.mjs";
import { ask, enter, facts } from "./steps.mjs";
import { screensOf } from "./screens.mjs";

const RUN = "window.__ran=1";
const CORPUS = [
  `<script>${RUN}</script>`,
  `"><script>${RUN}</script>`,
  `'><img src=x onerror="${RUN}">`,
  `<img src=x onerror=${RUN}>`,
  `<svg onload=${RUN}>`,
  `<svg><script>${RUN}</script></svg>`,
  `<math><mtext></p><img src=x onerror=${RUN}>`,
  `<iframe srcdoc="<script>parent.${RUN}</script>"></iframe>`,
  `<a href="javascript:${RUN}">x</a>`,
  `<body onload=${RUN}>`,
  `<details open ontoggle=${RUN}>`,
  `<input autofocus onfocus=${RUN}>`,
  `<style>@import "//127.0.0.1:9/x.css";*{background:url(//127.0.0.1:9/x)}</style>`,
  `<link rel=stylesheet href=//127.0.0.1:9/x.css>`,
  `<base href="//127.0.0.1:9/">`,
  `<meta http-equiv=refresh content="0;url=//127.0.0.1:9/">`,
  `<form action=//127.0.0.1:9/><button autofocus>x`,
  `<object data="javascript:${RUN}"></object>`,
  `</title><script>${RUN}</script>`,
  `</textarea><script>${RUN}</script>`,
  `--><script>${RUN}</script><!--`,
  `]]><script>${RUN}</script>`,
  `\\u003cscript\\u003e${RUN}\\u003c/script\\u003e`,
  `&lt;script&gt;${RUN}&lt;/script&gt;`,
  `{{constructor.constructor('${RUN}')()}}`,
  `\${${RUN}}`,
  `<%= ${RUN} %>`,
  `{"__proto__":{"x":1}}`,
  `<b>粗</b>&nbsp;<i>斜</i>`,
  `'"();--/*<!--`,
];
const SHORT = "<svg onload=__ran=1>";

await walking(async (page, { faults, context }) => {
  const reports = [];
  await context.exposeBinding("reportRefused", (_, what) => reports.push(what));
  await context.addInitScript(() => {
    document.addEventListener("securitypolicyviolation", (event) =>
      window.reportRefused(`${location.pathname}: ${event.violatedDirective} ${event.blockedURI} ${event.sample}`),
    );
  });
  page.on("dialog", (dialog) => {
    reports.push(`a dialog on ${page.url()}: ${dialog.message()}`);
    return dialog.accept();
  });
  const ran = () => page.evaluate(() => window.__ran === 1);
  await enter(page);

  await model(page);
  const { objects } = await ask(page, "GET", "/objects");
  for (const object of objects.filter((one) => one.kind === "object")) await fill(page, object, objects);

  for (const { path } of await screensOf(page)) {
    await page.goto(facts.url + path, { waitUntil: "load" });
    await page.locator("main").waitFor();
    await page.waitForTimeout(400);
    check(!(await ran()), `a script of the corpus ran on ${path}`);
  }
  await search(page, ran);
  for (const object of objects.filter((one) => one.kind === "object")) {
    await typed(page, object, faults);
    check(!(await ran()), `a script typed into the form of ${object.key} ran`);
  }
  check(reports.length === 0, `the policy refused or a dialog opened:\n${reports.join("\n")}`);
});

/** Names of teams, people, views, objects, fields and options. */
async function model(page) {
  await ask(page, "POST", "/teams", { name: CORPUS[2] });
  await ask(page, "POST", "/users", { name: CORPUS[0], email: "corpus@example.com", password: "paper-and-ink-9" });
  const both = (text) => ({ zh: text, en: text });
  await ask(page, "POST", "/views", { object: "account", labels: both(CORPUS[5]), filter: {}, sort: "name", shared: true });
  await ask(page, "POST", "/objects", { key: "corpus", labels: both(CORPUS[3]), plural: both(CORPUS[4]) });
  await ask(page, "POST", "/objects/account/fields", { key: "corpus_text", type: "text", labels: both(CORPUS[6]) });
  await ask(page, "POST", "/objects/account/fields", {
    key: "corpus_choice",
    type: "select",
    labels: both(CORPUS[7]),
    options: [{ key: "one", labels: both(CORPUS[8]) }],
  });
}

/** Records whose every text holds a line of the corpus; enough of them that each line stands somewhere. */
async function fill(page, object, objects) {
  const texts = object.fields.filter((one) => ["text", "long_text"].includes(one.type) && !one.computed && one.level === "write");
  for (let start = 0; start < CORPUS.length; start += Math.max(1, texts.length)) {
    const values = { ...(await required(page, object, objects)) };
    texts.forEach((field, place) => {
      const text = CORPUS[(start + place) % CORPUS.length];
      const longest = field.config?.max_length ?? 255;
      values[field.key] = text.length <= longest ? text : SHORT.slice(0, longest);
    });
    await post(page, object, values);
    if (texts.length === 0) break;
  }
}

/** Make a record; what has a form of its own (a tax number, say) is left out when the server refuses it. */
async function post(page, object, values) {
  const send = (data) => page.request.post(`${facts.url}/api/v1/records/${object.key}`, { data });
  let answer = await send(values);
  if (answer.status() === 422) {
    for (const { field } of (await answer.json()).errors ?? []) delete values[field];
    answer = await send(values);
  }
  check(answer.status() === 201, `${object.key}: ${answer.status()} ${await answer.text()}`);
}

/** Something for each required field that is not a text. */
async function required(page, object, objects) {
  const values = {};
  for (const field of object.fields) {
    if (!field.required || field.computed || field.default != null) continue;
    if (field.type === "relation" && objects.some((one) => one.key === field.target)) {
      const { records } = await ask(page, "GET", `/records/${field.target}?limit=1`);
      if (records[0]) values[field.key] = records[0].id;
    } else if (field.type === "select") values[field.key] = field.options[0].key;
    else if (field.type === "date") values[field.key] = "2027-01-31";
    else if (field.type === "datetime") values[field.key] = "2027-01-31T09:00:00Z";
    else if (field.type === "money") values[field.key] = { amount: "10", currency: "CNY" };
    else if (["number", "percent"].includes(field.type)) values[field.key] = 1;
  }
  return values;
}

/** The palette shows what it finds. */
async function search(page, ran) {
  await page.goto(facts.url, { waitUntil: "load" });
  await page.locator("main").waitFor();
  await page.keyboard.press("Control+k");
  const dialog = page.getByRole("dialog");
  for (const text of ["script", "onerror", "粗"]) {
    await dialog.getByRole("combobox").or(dialog.getByRole("textbox")).first().fill(text);
    await page.waitForTimeout(500);
    check(!(await ran()), `a script ran in the results for ${text}`);
  }
  await page.keyboard.press("Escape");
}

/** The same typed by hand into every text box of the form. */
async function typed(page, object, faults) {
  await page.goto(`${facts.url}/o/${object.key}`, { waitUntil: "load" });
  await page.locator("main").waitFor();
  const make = page.locator("main").getByRole("button", { name: /^新建/ }).first();
  await make.click();
  const form = page.getByRole("dialog");
  await form.waitFor();
  let place = 0;
  for (const box of await form.getByRole("textbox").all()) {
    if (await box.isEditable()) await box.fill(CORPUS[place++ % CORPUS.length]).catch(() => {});
  }
  check(place > 0, `the form of ${object.key} has no text box`);
  faults.expect(422, 409, 422, 409);
  await page.keyboard.press("Control+Enter");
  await page.waitForTimeout(600);
}
