// Opens every page in Chromium, in three languages, light and dark, wide and as on a phone, and checks it with axe-core
// (WCAG 2.2 A and AA, colour contrast included, no exceptions), for overflow also at 400 %, for its size over the wire and
// for errors in the console; then once more without JavaScript. The caller hands over what there is as JSON:
// { base, accounts: { who: { email, password } }, pages: [{ path, as, status, submit }] }.
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { AxeBuilder } from "@axe-core/playwright";
import { chromium } from "playwright-core";

const { base, accounts, pages, archive } = JSON.parse(readFileSync(process.argv[2], "utf8"));
const languages = ["en", "fi", "is"];
const wide = { width: 1280, height: 900 };
const phone = { width: 360, height: 740 };
// 1,280 pixels at 400 % (WCAG 2.2, 1.4.10).
const zoomed = { width: 320, height: 256 };
const rules = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
// What the colours alone decide: the rest of a page is the same in the dark.
const ofColours = ["color-contrast", "link-in-text-block"];
const tabs = 3;
const faults = new Set();
// Told at once, so that they are known also where the rest is cut short.
const fault = (text) => {
  if (!faults.has(text)) console.log(text);
  faults.add(text);
};
let checked = 0;

const browser = await chromium.launch({
  executablePath: process.env.INNOCAP_TEST_CHROMIUM ?? "/usr/bin/chromium",
  args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
});

const told = (found, name) => {
  for (const violation of found.violations) fault(`${name}: ${violation.id}: ${violation.help}: ${violation.nodes[0].html}`);
};
const overflow = async (page, name) => {
  const wider = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
  if (wider > 0) fault(`${name}: ${wider} pixels wider than the window`);
};
const inLanguage = (path, language) => `${base}${path}${path.includes("?") ? "&" : "?"}lang=${language}`;

// Opens a page, and sends its form as it is where the page is the one that a faulty form leads to.
const open = async (page, { path, status = 200, submit }, language, name) => {
  const answer = await page.goto(inLanguage(path, language));
  if (!submit) {
    if (answer.status() !== status) fault(`${name} answered ${answer.status()}`);
    return;
  }
  await page.locator(submit).first().evaluate((button) => { button.form.noValidate = true; });
  const [sent] = await Promise.all([page.waitForNavigation(), page.locator(submit).first().click()]);
  if (sent.status() !== status) fault(`${name} answered ${sent.status()} to its form`);
  if ((await page.locator("[role=alert]:visible").count()) !== 1) fault(`${name}: what is wrong is not told`);
  const focused = await page.evaluate(() => document.activeElement?.getAttribute("role"));
  if (focused !== "alert") fault(`${name}: the focus is not on what is wrong`);
};

const check = async (page, wanted, place) => {
  const language = languages[place % languages.length];
  const name = `${wanted.path}${wanted.submit ? " (its form)" : ""} in ${language} as ${wanted.as ?? "anyone"}`;
  // Every language is seen in both windows, by some page or other.
  const [first, second] = Math.floor(place / languages.length) % 2 === 0 ? [wide, phone] : [phone, wide];
  await page.emulateMedia({ colorScheme: "light" });
  await page.setViewportSize(first);
  await open(page, wanted, language, name);
  const bytes = await page.evaluate(() => ["navigation", "resource"].flatMap((kind) => performance.getEntriesByType(kind)).reduce((sum, entry) => sum + entry.encodedBodySize, 0));
  if (bytes > 100_000) fault(`${name}: ${bytes} bytes over the wire`);
  told(await new AxeBuilder({ page }).withTags(rules).analyze(), `${name}, light, ${first.width}`);
  await overflow(page, `${name}, ${first.width}`);
  await page.setViewportSize(second);
  await page.emulateMedia({ colorScheme: "dark" });
  told(await new AxeBuilder({ page }).withRules(ofColours).analyze(), `${name}, dark, ${second.width}`);
  await overflow(page, `${name}, ${second.width}`);
  await page.setViewportSize(zoomed);
  await overflow(page, `${name}, 400 %`);
  checked += 1;
};

const context = async (who, options = {}) => {
  const made = await browser.newContext({ viewport: wide, ...options });
  if (who) {
    const page = await made.newPage();
    await page.goto(`${base}/sign-in?next=%2Fmy`);
    await page.fill("#email", accounts[who].email);
    await page.fill("#password", accounts[who].password);
    await Promise.all([page.waitForURL(/\/my/), page.click("form.form button")]);
    await page.close();
  }
  return made;
};

for (const who of [undefined, ...Object.keys(accounts)]) {
  const theirs = pages.filter((page) => page.as === who);
  const work = theirs.flatMap((page, at) => languages.map((_, turn) => ({ page, place: at * languages.length + turn + at })));
  const signedIn = await context(who);
  const tab = async () => {
    const page = await signedIn.newPage();
    let expected = 200;
    // The browser itself reports an answer with a status above 399 as an error.
    const isFault = (message) => message.type() === "error" && !(expected >= 400 && new RegExp(`status of ${expected}`).test(message.text()));
    page.on("console", (message) => isFault(message) && fault(`${page.url()}: console: ${message.text()}`));
    page.on("pageerror", (error) => fault(`${page.url()}: ${error.message}`));
    page.on("requestfailed", (request) => fault(`${page.url()}: ${request.url()} failed`));
    for (let next = work.shift(); next; next = work.shift()) {
      expected = next.page.status ?? 200;
      try {
        await check(page, next.page, next.place);
      } catch (error) {
        fault(`${next.page.path}: ${error.message.split("\n").slice(0, 3).join(" ")}`);
      }
    }
  };
  await Promise.all(Array.from({ length: tabs }, tab));
  await signedIn.close();
}

const plain = {};
for (const wanted of pages.filter((page) => !page.submit)) {
  plain[wanted.as] ??= await (await context(wanted.as, { javaScriptEnabled: false })).newPage();
  await plain[wanted.as].goto(base + wanted.path);
  if ((await plain[wanted.as].locator("h1").count()) !== 1) fault(`${wanted.path}: without JavaScript there is no heading`);
  if ((await plain[wanted.as].locator("main a, header nav a").count()) < 3) fault(`${wanted.path}: without JavaScript there is no way on`);
}

// One file of each kind, by its topmost folder: the others are made by the same template.
const files = readdirSync(archive, { recursive: true }).filter((name) => name.endsWith(".html")).sort();
const kinds = new Map(files.map((name) => [name.split("/")[0], name]));
const reader = await (await browser.newContext({ viewport: wide })).newPage();
for (const name of kinds.values()) {
  await reader.emulateMedia({ colorScheme: "light" });
  await reader.setViewportSize(wide);
  await reader.goto(pathToFileURL(join(archive, name)).href);
  told(await new AxeBuilder({ page: reader }).withTags(rules).analyze(), `archive, ${name}, light`);
  await reader.emulateMedia({ colorScheme: "dark" });
  told(await new AxeBuilder({ page: reader }).withRules(ofColours).analyze(), `archive, ${name}, dark`);
  await reader.setViewportSize(zoomed);
  await overflow(reader, `archive, ${name}, 400 %`);
  checked += 1;
}
if (kinds.size < 4) fault(`the archive has ${kinds.size} kinds of pages`);
await browser.close();
console.log(`${checked} pages checked, ${faults.size} faults`);
process.exit(faults.size === 0 ? 0 : 1);
