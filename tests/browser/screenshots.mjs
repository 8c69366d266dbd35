// Takes pictures of the main pages of the running demo: node screenshots.mjs BASE ACCOUNTS FOLDER.
import { chromium } from "playwright-core";

const [base, given, folder] = process.argv.slice(2);
const accounts = JSON.parse(given);
const browser = await chromium.launch({
  executablePath: process.env.INNOCAP_TEST_CHROMIUM ?? "/usr/bin/chromium",
  args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
});
const open = async (options) => (await browser.newContext({ viewport: { width: 1200, height: 900 }, ...options })).newPage();
const take = (page, name) => page.screenshot({ path: `${folder}/${name}.png` });
const signIn = async (page, who) => {
  await page.goto(`${base}/sign-in?next=%2Fmy`);
  await page.fill("#email", accounts[who].name);
  await page.fill("#password", accounts[who].secret);
  await page.click("form.form button");
  await page.waitForURL(/\/my/);
};

const page = await open();
await page.goto(`${base}/`);
await take(page, "front");
await page.goto(`${base}/suggestions?need=${encodeURIComponent("Vi behöver hjälpa äldre som bor ensamma långt från närmaste by")}&country=SE&lang=en`);
await take(page, "suggestions");
await page.goto(`${base}/challenges`);
await take(page, "challenges");
const phone = await open({ viewport: { width: 390, height: 844 }, colorScheme: "dark" });
await phone.goto(`${base}/?lang=fi`);
await take(phone, "phone-dark-finnish");
const municipality = await open();
await signIn(municipality, "municipality");
await municipality.click("a:has-text('Write a challenge')");
await municipality.fill("#title", "Courses for pupils in small village schools");
await municipality.fill("#description", "Our three village schools have 140 pupils and few teachers. We need a learning platform in which teachers share courses and tasks and follow what pupils do, also from home, before the next school year begins.");
await municipality.waitForSelector("#saved:has-text('Saved')");
await take(municipality, "writing");
const operator = await open();
await signIn(operator, "operator");
await operator.goto(`${base}/operator`);
await take(operator, "operator");
await browser.close();
