// Runs Lighthouse in its mobile setting (a slow phone on a slow line, as it simulates them) on some pages of a running
// instance: node lighthouse.mjs BASE NAME=PATH… Prints a line of JSON a page, with the median run of three.
import lighthouse from "lighthouse";
import { launch } from "chrome-launcher";

const [base, ...named] = process.argv.slice(2);
const categories = ["performance", "accessibility", "best-practices", "seo"];
const runs = 3;
const chrome = await launch({
  chromePath: process.env.INNOCAP_TEST_CHROMIUM ?? "/usr/bin/chromium",
  chromeFlags: ["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
});
try {
  for (const one of named) {
    const cut = one.indexOf("=");
    const [name, path] = [one.slice(0, cut), one.slice(cut + 1)];
    const results = [];
    for (let run = 0; run < runs; run += 1) {
      const { lhr } = await lighthouse(base + path, { port: chrome.port, onlyCategories: categories, output: "json", logLevel: "error" });
      if (lhr.runtimeError) throw new Error(`${path}: ${lhr.runtimeError.message}`);
      results.push(lhr);
    }
    results.sort((a, b) => a.categories.performance.score - b.categories.performance.score);
    const lhr = results[Math.floor(runs / 2)];
    const scores = Object.fromEntries(categories.map((category) => [category, Math.round(lhr.categories[category].score * 100)]));
    const short = Object.values(lhr.audits).filter((audit) => audit.score !== null && audit.score < 0.9 && !["informative", "notApplicable", "manual"].includes(audit.scoreDisplayMode));
    const weighed = new Set(categories.flatMap((category) => lhr.categories[category].auditRefs).filter((ref) => ref.weight > 0).map((ref) => ref.id));
    const value = (audit) => lhr.audits[audit].displayValue?.replaceAll("\u00a0", " ") ?? "";
    console.log(JSON.stringify({
      name,
      path,
      version: lhr.lighthouseVersion,
      scores,
      largest: value("largest-contentful-paint"),
      blocked: value("total-blocking-time"),
      shift: value("cumulative-layout-shift"),
      short: short.filter((audit) => weighed.has(audit.id)).map((audit) => audit.id),
    }));
  }
} finally {
  chrome.kill();
}
