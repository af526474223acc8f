/** Writes the pictures of the main screens; tools/pictures.py starts the server and fills it. */
import { mkdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { walking } from "../tests/e2e/walks/browser.mjs";

const { url, email, password, out } = JSON.parse(process.env.FACTS);
const LIMIT = 300_000;
mkdirSync(out, { recursive: true });

const desk = { width: 1360, height: 850 };
const all = ["home", "dashboard", "list", "board", "record", "fields", "import"];
const looks = [
  { name: "zh", locale: "zh-CN", mode: "light", ...desk, shown: all },
  { name: "en", locale: "en", mode: "light", ...desk, shown: ["home", "list", "board"] },
  { name: "dark", locale: "zh-CN", mode: "dark", ...desk, shown: ["home", "record"] },
  { name: "phone", locale: "zh-CN", mode: "light", width: 375, height: 812, shown: ["home", "list", "record"] },
];

for (const { name, locale, mode, width, height, shown } of looks) {
  await walking(
    async (page, { faults }) => {
      await page.addInitScript(
        ([language, look]) => {
          localStorage.setItem("dealwright.language", language);
          localStorage.setItem("dealwright.mode", look);
        },
        [locale, mode],
      );
      await page.request.post(`${url}/api/v1/session`, { data: { email, password } });
      await page.request.patch(`${url}/api/v1/me`, { data: { locale } });
      const filter = { field: "stage", op: "eq", value: "needs_discovery" };
      const found = await page.request.get(
        `${url}/api/v1/records/opportunity?limit=1&filter=${encodeURIComponent(JSON.stringify(filter))}`,
      );
      const [deal] = (await found.json()).records;
      const screens = {
        home: "/",
        dashboard: "/dashboard",
        list: "/o/opportunity",
        board: "/board/opportunity",
        record: `/o/opportunity/${deal.id}`,
        fields: "/build/objects?object=opportunity&field=amount",
        import: "/import?object=account",
      };
      for (const screen of shown) {
        await page.goto(url + screens[screen], { waitUntil: "networkidle" });
        await page.evaluate(() => document.fonts.ready);
        if (screen === "board") await refusedMove(page, faults, locale);
        await page.waitForTimeout(400);
        const file = join(out, `${screen}.${name}.png`);
        await page.screenshot({ path: file });
        const size = statSync(file).size;
        if (size > LIMIT) throw new Error(`${file} has ${size} bytes, at most ${LIMIT} are wanted`);
        console.log(`${file} ${Math.round(size / 1000)} kB`);
      }
    },
    { width, height, locale, mode },
  );
}

/** Drags a card into Negotiation, which asks for what it does not have: the board shows what is missing. */
async function refusedMove(page, faults, locale) {
  const { pipelines } = await (await page.request.get(`${url}/api/v1/pipelines`)).json();
  const pipeline = pipelines.find((one) => one.object === "opportunity");
  const stage = (key) => pipeline.stages.find((one) => one.key === key);
  const named = (key) => page.getByRole("region", { name: stage(key).labels[locale === "en" ? "en" : "zh"], exact: true });
  stage("negotiation").required = ["amount", "main_contact", "competitors"];
  await page.request.put(`${url}/api/v1/pipelines`, { data: pipeline });
  await page.reload({ waitUntil: "networkidle" });
  const from = await named("solution").locator("article").nth(1).boundingBox();
  const to = await named("negotiation").boundingBox();
  faults.expect(409);
  await page.mouse.move(from.x + 24, from.y + 18);
  await page.mouse.down();
  await page.mouse.move(from.x + 60, from.y + 24, { steps: 4 });
  await page.mouse.move(to.x + 60, to.y + 120, { steps: 8 });
  await page.mouse.up();
  await page.getByRole("alertdialog").waitFor();
  await page.mouse.move(5, 890);
}
