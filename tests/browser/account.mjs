// Signs in by password, adds a passkey, signs out, signs in by the passkey and ends at the account; checks the pages of
// the account with axe-core on the way. The authenticator is Chromium's own virtual one.
import { AxeBuilder } from "@axe-core/playwright";
import { chromium } from "playwright-core";

const [base, email, password] = process.argv.slice(2);
const faults = [];
const browser = await chromium.launch({
  executablePath: process.env.INNOCAP_TEST_CHROMIUM ?? "/usr/bin/chromium",
  args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
});

const check = async (page, name) => {
  const found = await new AxeBuilder({ page }).withTags(["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]).analyze();
  for (const violation of found.violations) faults.push(`${name}: ${violation.id}: ${violation.help}: ${violation.nodes[0].html}`);
  const overflow = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
  if (overflow > 0) faults.push(`${name}: ${overflow} pixels wider than the window`);
};
const signIn = async (page) => {
  await page.goto(`${base}/sign-in`);
  await page.fill("#email", email);
  await page.fill("#password", password);
  await page.click("form.form button");
  await page.waitForURL(`${base}/account`);
};

const context = await browser.newContext({ viewport: { width: 360, height: 740 } });
const page = await context.newPage();
page.on("console", (message) => message.type() === "error" && !/status of 4/.test(message.text()) && faults.push(`console: ${message.text()}`));
const devtools = await context.newCDPSession(page);
await devtools.send("WebAuthn.enable");
await devtools.send("WebAuthn.addVirtualAuthenticator", {
  options: { protocol: "ctap2", transport: "internal", hasResidentKey: true, hasUserVerification: true, isUserVerified: true, automaticPresenceSimulation: true },
});
// A wrong password: the address stays, the fault is told, and the focus is on it.
await page.goto(`${base}/sign-in`);
await page.fill("#email", email);
await page.fill("#password", "not the password at all");
await page.click("form.form button");
if ((await page.inputValue("#email")) !== email) faults.push("the address is lost after a wrong password");
if ((await page.locator("[role=alert]:visible").count()) !== 1) faults.push("a wrong password is not told");
await check(page, "sign-in with a fault");
await signIn(page);
await check(page, "account");
for (const path of ["name", "password", "address", "erase"]) {
  await page.goto(`${base}/account/${path}`);
  await check(page, path);
}
await page.goto(`${base}/account`);
await page.click("#passkeys button");
await page.waitForURL(`${base}/account?done=saved`);
if ((await page.locator("form[action='/account/passkeys/remove']").count()) !== 1) faults.push("the passkey is not listed");
await check(page, "account with a passkey");
await page.click("form[action='/sign-out'] button");
await page.waitForURL(`${base}/`);
await page.goto(`${base}/sign-in`);
await page.click("#passkeys button");
await page.waitForURL(`${base}/account`);
if (!(await page.content()).includes(email)) faults.push("the passkey signs nobody in");
await context.close();

const plain = await browser.newContext({ javaScriptEnabled: false });
await signIn(await plain.newPage());
await browser.close();
console.log(`account walked, ${faults.length} faults`);
for (const fault of faults) console.log(fault);
process.exit(faults.length === 0 ? 0 : 1);
