// `npm run picture -- RUN`: photographs the first screen of a run's report for the README, in Debian's Chromium.
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { chromium } from 'playwright-core';

const run = process.argv[2] ?? 'results/latest';
const args =
  '--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking --disable-component-update --disable-sync';
const browser = await chromium.launch({
  executablePath: '/usr/bin/chromium',
  args: args.split(' '),
});
const page = await browser.newPage({
  viewport: { width: 1280, height: 1180 },
  colorScheme: 'light',
});
await page.goto(pathToFileURL(resolve(run, 'report.html')).href);
await page.locator('canvas').first().waitFor();
await page.screenshot({ path: 'docs/report.png' });
await browser.close();
