/** Opens a list, jumps to its middle and its end, opens a record; prints server and render time and the rows drawn. */
import { createRequire } from "node:module";

const require = createRequire(new URL("../web/package.json", import.meta.url));
const { chromium } = require("playwright-core");
const { url, email, password, object } = JSON.parse(process.env.FACTS);
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM,
  args: ["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
});
try {
  const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
  await page.request.post(`${url}/api/v1/session`, { data: { email, password } });
  let served = 0;
  page.on("requestfinished", (request) => {
    if (/\/records\//.test(request.url())) served = request.timing().responseEnd;
  });
  const rows = page.locator(".table .line:not(.waiting)");
  const said = async (what, act, until) => {
    served = 0;
    const began = performance.now();
    await act();
    await until();
    const took = performance.now() - began;
    const drawn = await page.locator(".table .line").count();
    console.log(`${what.padEnd(22)} ${took.toFixed(0).padStart(6)} ms, server ${served.toFixed(0)} ms, ${drawn} rows drawn`);
  };
  const filled = () => rows.first().waitFor();
  await said("list", () => page.goto(`${url}/o/${object}?view=all&sort=-created_at`), filled);
  await page.waitForTimeout(1500);
  const box = page.locator(".table");
  const jump = (share) => box.evaluate((one, part) => one.scrollTo(0, one.scrollHeight * part), share);
  const index = (from) => page.locator(`.line[aria-rowindex="${from}"]`).waitFor();
  const height = await box.evaluate((one) => one.scrollHeight);
  const total = Math.round((height - 38) / 38);
  console.log(`scroll height ${height} px: ${total} rows`);
  await said("jump to the middle", () => jump(0.5), () => index(Math.floor(total / 2) + 6));
  await said("jump to the end", () => jump(1), () => index(total));
  await said("back to the top", () => jump(0), () => index(4));
  const link = page.locator("a.name").nth(2);
  await link.hover();
  await page.waitForTimeout(150);
  await said("open a record", () => link.click(), () => page.locator(".page-bar h1, .record-head").first().waitFor());
} finally {
  await browser.close();
}
