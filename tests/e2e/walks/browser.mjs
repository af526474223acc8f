/** A headless Chromium that notes everything a page should not do: errors, refused content, failed requests. */
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";

const require = createRequire(fileURLToPath(new URL("../../../web/package.json", import.meta.url)));
const { chromium } = require("playwright-core");

/**
 * Run `walk` in a fresh browser window and end the process with 1 when it fails or when the page misbehaved.
 * options: width, height, locale, mode. A walk calls `faults.expect(status)` before a refusal that belongs to it.
 */
export async function walking(walk, { width = 1440, height = 900, locale = "zh-CN", mode = "light" } = {}) {
  const browser = await chromium.launch({
    executablePath: process.env.CHROMIUM,
    args: ["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
  });
  try {
    const context = await browser.newContext({
      viewport: { width, height },
      locale,
      colorScheme: mode,
      acceptDownloads: true,
      timezoneId: "Asia/Shanghai",
    });
    const page = await context.newPage();
    page.setDefaultTimeout(30_000);
    const faults = watch(page);
    try {
      await walk(page, { faults, context, browser });
    } catch (error) {
      const picture = process.env.PICTURE;
      if (picture) await page.screenshot({ path: picture }).catch(() => {});
      throw new Error(`${error.message}\nat ${page.url()}\n${faults.found.join("\n")}`, { cause: error });
    }
    if (faults.found.length > 0) throw new Error(`The page misbehaved:\n${faults.found.join("\n")}`);
  } finally {
    await browser.close();
  }
}

/** Collects console errors, uncaught errors, content refused by the policy, and requests that failed. */
export function watch(page) {
  const expected = [];
  const found = [];
  page.on("pageerror", (error) => found.push(`uncaught: ${error.stack ?? error.message}`));
  page.on("console", (message) => {
    // A refusal that was expected is judged by its response below; the browser also writes it to the console.
    if (message.type() !== "error" || message.text().startsWith("Failed to load resource")) return;
    found.push(`console: ${message.text()}`);
  });
  page.on("requestfailed", (request) => {
    const why = request.failure()?.errorText ?? "";
    if (why !== "net::ERR_ABORTED") found.push(`failed: ${request.method()} ${request.url()} ${why}`);
  });
  page.on("response", (response) => {
    if (response.status() < 400) return;
    const place = expected.indexOf(response.status());
    if (place >= 0) expected.splice(place, 1);
    else found.push(`${response.status()}: ${response.request().method()} ${response.url()}`);
  });
  return { found, expect: (...statuses) => expected.push(...statuses) };
}

/** Throws with a sentence when something is not so. */
export function check(truth, sentence) {
  if (!truth) throw new Error(sentence);
}
