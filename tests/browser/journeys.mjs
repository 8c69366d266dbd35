// Walks what three kinds of user come for, in Chromium against the demo: a municipality posts a need and keeps a
// shortlist, a company registers a solution and finds needs, a university offers expertise. Each once with a wide window,
// without JavaScript, on a phone of 360 pixels, and by the keyboard alone. Checks each page on the way with axe-core.
import { AxeBuilder } from "@axe-core/playwright";
import { chromium } from "playwright-core";

const base = process.argv[2];
const accounts = JSON.parse(process.argv[3]);
const faults = [];
let checked = 0;
const browser = await chromium.launch({
  executablePath: process.env.INNOCAP_TEST_CHROMIUM ?? "/usr/bin/chromium",
  args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
});

const ways = {
  wide: { viewport: { width: 1280, height: 900 } },
  plain: { viewport: { width: 1280, height: 900 }, javaScriptEnabled: false },
  phone: { viewport: { width: 360, height: 740 }, colorScheme: "dark" },
  keyboard: { viewport: { width: 1280, height: 900 } },
};

// How long anything may take, in milliseconds. It says when something will never come and not how quick it should be:
// beside all other tests on two cores a step has been seen to take more than twenty seconds.
const PATIENCE = 60_000;
// How often somebody presses what seems not to answer.
const PRESSES = 3;

// A person at a browser: by pointer, or by the Tab key and what follows it.
class Visitor {
  constructor(page, way) {
    this.page = page;
    this.way = way;
  }

  // Tabs on until the element has the focus, as somebody without a pointer does.
  async reach(selector) {
    const wanted = await this.page.locator(selector).first().elementHandle();
    for (let tries = 0; tries < 400; tries += 1) {
      if (await wanted.evaluate((element) => element === document.activeElement)) return;
      await this.page.keyboard.press("Tab");
    }
    throw new Error(`${selector} is not reached by the keyboard at ${this.page.url()}`);
  }

  async write(selector, text) {
    if (this.way !== "keyboard") return this.page.fill(selector, text);
    await this.reach(selector);
    await this.page.keyboard.press("ControlOrMeta+A");
    await this.page.keyboard.insertText(text);
  }

  async press(selector, key = "Enter") {
    if (this.way !== "keyboard") return this.page.locator(selector).first().click();
    await this.reach(selector);
    await this.page.keyboard.press(key);
  }

  // Presses what leads to another page, and waits for it. Where nothing comes of it for long, once more, as a person does:
  // what is sent twice is written once.
  async go(selector, address) {
    const from = this.page.url();
    for (let left = PRESSES; ; left -= 1) {
      try {
        await Promise.all([this.page.waitForNavigation({ url: address, timeout: PATIENCE / PRESSES }), this.press(selector)]);
        return;
      } catch (error) {
        if (left === 1 || this.page.url() !== from) throw new Error(`${selector} at ${from} leads to ${this.page.url()}: ${error.message}`);
        console.log(`${this.way}: ${selector} at ${from} is pressed again`);
      }
    }
  }

  async choose(selector, value) {
    if (this.way !== "keyboard") return this.page.selectOption(selector, value);
    await this.reach(selector);
    const label = await this.page.locator(`${selector} option[value="${value}"]`).first().textContent();
    await this.page.keyboard.type(label.trim());
  }

  async check(name) {
    checked += 1;
    const wider = () => this.page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
    const overflow = await wider();
    if (overflow > 0) faults.push(`${name} (${this.way}): ${overflow} pixels wider than the window`);
    // 1,280 pixels at 400 % (WCAG 2.2, 1.4.10).
    await this.page.setViewportSize({ width: 320, height: 256 });
    const zoomed = await wider();
    if (zoomed > 0) faults.push(`${name} (${this.way}): ${zoomed} pixels wider than the window at 400 %`);
    await this.page.setViewportSize(ways[this.way].viewport);
    const bytes = await this.page.evaluate(() => ["navigation", "resource"].flatMap((kind) => performance.getEntriesByType(kind)).filter((entry) => entry.initiatorType !== "fetch").reduce((sum, entry) => sum + entry.encodedBodySize, 0));
    if (bytes > 100_000) faults.push(`${name} (${this.way}): ${bytes} bytes over the wire`);
    // The checker is a script itself; the keyboard's pages are those of the wide window.
    if (this.way === "plain" || this.way === "keyboard") return;
    const found = await new AxeBuilder({ page: this.page }).withTags(["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]).analyze();
    for (const violation of found.violations) faults.push(`${name} (${this.way}): ${violation.id}: ${violation.help}: ${violation.nodes[0].html}`);
  }

  async says(text, name) {
    const found = await this.page.locator("main").textContent();
    if (!found.includes(text)) faults.push(`${name} (${this.way}): the page does not say ${JSON.stringify(text)}`);
  }
}

const arrive = async (who, way) => {
  const context = await browser.newContext(ways[way]);
  context.setDefaultTimeout(PATIENCE);
  const page = await context.newPage();
  page.on("console", (message) => message.type() === "error" && !/status of 4/.test(message.text()) && faults.push(`${page.url()}: console: ${message.text()}`));
  const visitor = new Visitor(page, way);
  await page.goto(`${base}/sign-in?next=%2Fmy`);
  await visitor.write("#email", accounts[who].name);
  await visitor.write("#password", accounts[who].secret);
  await visitor.go("form.form button", /\/my/);
  await visitor.check(`${who}: my page`);
  return visitor;
};

// An organisation's first listing waits for a moderator.
const approve = async (title) => {
  const operator = await arrive("operator", "wide");
  await operator.page.goto(`${base}/operator/reviews`);
  await operator.check("reviews");
  const line = operator.page.locator("ul.lines > li", { hasText: title });
  if ((await line.count()) > 0) {
    await line.first().locator("button", { hasText: "Approve" }).click();
    await operator.page.waitForURL(/done=saved/);
  }
  await operator.page.context().close();
};

// Publishes what stands in the form; the address of its page.
const publish = async (visitor, resource, title) => {
  await visitor.go("button[value=publish]", (url) => url.pathname === "/my" || new RegExp(`^/${resource}/[0-9a-f-]{36}$`).test(url.pathname));
  if (new URL(visitor.page.url()).pathname === "/my") {
    await approve(title);
    await visitor.page.goto(`${base}/my`);
    await visitor.go(`ul.lines strong a:has-text(${JSON.stringify(title)})`, new RegExp(`/${resource}/[0-9a-f-]{36}$`));
  }
  await visitor.says(title, `published ${resource}`);
  await visitor.check(`published ${resource}`);
  return new URL(visitor.page.url()).pathname;
};

const municipality = async (way) => {
  const visitor = await arrive("municipality", way);
  const title = `Courses for pupils in small village schools (${way})`;
  await visitor.go("a:has-text('Write a challenge')", /\/challenges\/new/);
  await visitor.write("#title", title);
  await visitor.write("#description", "Our three village schools have 140 pupils and few teachers. We need a learning platform in which teachers share courses and tasks and follow what pupils do, also from home, before the next school year begins.");
  if (way === "plain") {
    await visitor.go("button[value=check]", /\/challenges\/new/);
  } else {
    await visitor.page.waitForSelector("#saved:has-text('Saved')");
  }
  if ((await visitor.page.locator("#beside input[name=cpv]").count()) === 0) faults.push(`municipality (${way}): no codes are proposed`);
  if ((await visitor.page.inputValue("#title")) !== title) faults.push(`municipality (${way}): the title is lost`);
  await visitor.check("writing a challenge");
  const address = await publish(visitor, "challenges", title);
  await visitor.go("p.way a.button", /\/suggestions/);
  await visitor.check("suggestions");
  const chosen = (await visitor.page.locator("ol.cards h3 a").first().textContent()).trim();
  await visitor.press("ol.cards li:nth-child(1) input[name=solution]", "Space");
  await visitor.press("ol.cards li:nth-child(2) input[name=solution]", "Space");
  await visitor.go("#compare button", /\/compare/);
  await visitor.says(chosen, "compare");
  await visitor.check("compare");
  await visitor.page.goto(`${base}${address}/suggestions`);
  await visitor.go("button[aria-label^='Put on the shortlist']", /\/shortlist/);
  await visitor.says(chosen, "shortlist");
  await visitor.write("textarea[name=note]", "Ask what it costs for forty homes.");
  await visitor.go("ul.lines form:has(textarea) button", /\/shortlist/);
  await visitor.check("shortlist");
  if ((await visitor.page.inputValue("textarea[name=note]")) !== "Ask what it costs for forty homes.") faults.push(`shortlist (${way}): the note is lost`);
  const table = await (await visitor.page.request.get(`${base}${address}/shortlist.csv`)).text();
  if (!table.includes("Ask what it costs for forty homes.")) faults.push(`shortlist (${way}): the table holds no note: ${table}`);
  await visitor.page.context().close();
};

const provider = (who, kind, description) => async (way) => {
  const visitor = await arrive(who, way);
  const title = `Camera watch for home care at night, ${kind} (${way})`;
  await visitor.go("a:has-text('Register a solution')", /\/solutions\/new/);
  await visitor.write("#title", title);
  await visitor.choose("#kind", kind);
  await visitor.write("#description", description);
  await visitor.press("#delivery input[value='*']", "Space");
  if (way === "plain") {
    await visitor.go("button[value=check]", /\/solutions\/new/);
  } else {
    await visitor.page.waitForSelector("#saved:has-text('Saved')");
  }
  if ((await visitor.page.locator("#beside meter").count()) !== 1) faults.push(`${who} (${way}): there is no meter`);
  await visitor.check("registering a solution");
  await publish(visitor, "solutions", title);
  await visitor.go("p.way a.button", /\/solutions\/.*\/challenges/);
  await visitor.check("needs that it could answer");
  if ((await visitor.page.locator("ol.cards > li").count()) === 0) faults.push(`${who} (${way}): no need is found`);
  await visitor.go("ol.cards h3 a", /\/challenges\/[0-9a-f-]{36}$/);
  await visitor.check("a need");
  await visitor.page.context().close();
};

const text = "A quiet camera that looks into the bedroom a few times each night, so that home care need not drive out. It tells the staff only when somebody has fallen or left the bed, works over mobile networks and is set up from afar in an hour.";
const journeys = {
  municipality,
  company: provider("company", "service", text),
  university: provider("university", "expertise", `We study how night visits in home care can be replaced. ${text}`),
};
const stranger = await (await browser.newContext()).newPage();
await stranger.goto(`${base}/`);
const first = await stranger.evaluate(() => ["navigation", "resource"].flatMap((kind) => performance.getEntriesByType(kind)).reduce((sum, entry) => sum + entry.transferSize, 0));
if (first > 60_000 || first === 0) faults.push(`the front page takes ${first} bytes over the wire`);
console.log(`first visit of the front page: ${first} bytes`);
await Promise.all(Object.entries(journeys).map(async ([name, walk]) => {
  for (const way of Object.keys(ways)) {
    try {
      await walk(way);
    } catch (error) {
      faults.push(`${name} (${way}): ${error.message.split("\n").slice(0, 3).join(" ")}`);
    }
  }
}));
await browser.close();
console.log(`journeys walked, ${checked} pages checked, ${faults.length} faults`);
for (const fault of faults) console.log(fault);
process.exit(faults.length === 0 ? 0 : 1);
