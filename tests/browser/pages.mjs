// Opens each page in Chromium, wide and as on a phone, light and dark, with and without JavaScript, and checks it with
// axe-core (WCAG 2.2 A and AA, colour contrast included), for overflow and for errors in the console.
import { AxeBuilder } from "@axe-core/playwright";
import { chromium } from "playwright-core";

const base = process.argv[2];
// Pages that the caller names come on top; one that is to answer another status says so in its address.
const pages = ["/", "/?lang=sv", "/?lang=fi", "/?lang=is", "/api/v1/docs", ...process.argv.slice(3)];
const expected = (path) => Number(/status=(\d+)/.exec(path)?.[1] ?? 200);
const sizes = [{ width: 1280, height: 900 }, { width: 360, height: 740 }];
const faults = [];
let checked = 0;

const browser = await chromium.launch({
  executablePath: process.env.INNOCAP_TEST_CHROMIUM ?? "/usr/bin/chromium",
  args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
});
for (const viewport of sizes) {
  for (const colorScheme of ["light", "dark"]) {
    const context = await browser.newContext({ viewport, colorScheme });
    const page = await context.newPage();
    // The browser itself reports an answer of 404 or 410 as an error.
    const told = (message) => message.type() === "error" && !/status of 4(04|10)/.test(message.text());
    page.on("console", (message) => told(message) && faults.push(`${page.url()}: console: ${message.text()}`));
    page.on("requestfailed", (request) => faults.push(`${page.url()}: ${request.url()} failed`));
    for (const path of pages) {
      const answer = await page.goto(base + path);
      if (answer.status() !== expected(path)) faults.push(`${path} answered ${answer.status()}`);
      const found = await new AxeBuilder({ page }).withTags(["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]).analyze();
      for (const violation of found.violations) {
        faults.push(`${path} ${viewport.width} ${colorScheme}: ${violation.id}: ${violation.help}: ${violation.nodes[0].html}`);
      }
      const overflow = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
      if (overflow > 0) faults.push(`${path} ${viewport.width}: ${overflow} pixels wider than the window`);
      checked += 1;
    }
    await context.close();
  }
}
const plain = await browser.newContext({ javaScriptEnabled: false });
const page = await plain.newPage();
for (const path of pages) {
  await page.goto(base + path);
  if ((await page.locator("h1").count()) !== 1) faults.push(`${path}: without JavaScript there is no heading`);
  if ((await page.locator("main a, header nav a").count()) < 3) faults.push(`${path}: without JavaScript there is no way on`);
}
await browser.close();
console.log(`${checked} pages checked, ${faults.length} faults`);
for (const fault of faults) console.log(fault);
process.exit(faults.length === 0 ? 0 : 1);
