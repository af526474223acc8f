/** Writes the pictures of the main screens; tools/pictures.py starts the server and fills it. */
import { mkdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { walking } from "../tests/e2e/walks/browser.mjs";

const { url, email, password, out } = JSON.parse(process.env.FACTS);
const LIMIT = 300_000;
mkdirSync(out, { recursive: true });

const desk = { width: 1440, height: 900 };
const all = ["home", "list", "board", "record", "fields", "import"];
const looks = [
  { name: "zh", locale: "zh-CN", mode: "light", ...desk, shown: all },
  { name: "en", locale: "en", mode: "light", ...desk, shown: ["home", "list", "board"] },
  { name: "dark", locale: "zh-CN", mode: "dark", ...desk, shown: ["home", "record"] },
  { name: "phone", locale: "zh-CN", mode: "light", width: 375, height: 812, shown: ["home", "list", "record"] },
];

for (const { name, locale, mode, width, height, shown } of looks) {
  await walking(
    async (page) => {
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
        list: "/o/opportunity",
        board: "/board/opportunity",
        record: `/o/opportunity/${deal.id}`,
        fields: "/build/objects?object=opportunity&field=amount",
        import: "/import?object=account",
      };
      for (const screen of shown) {
        const path = screens[screen];
        await page.goto(url + path, { waitUntil: "networkidle" });
        await page.evaluate(() => document.fonts.ready);
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
