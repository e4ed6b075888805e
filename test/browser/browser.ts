// Debian's Chromium for tests of the page, and what a page did while it was open.
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type Browser, chromium, type Page } from 'playwright-core';

const executablePath = '/usr/bin/chromium';
/** Said where page tests are skipped. */
export const noChromium = 'needs /usr/bin/chromium (apt-get install chromium)';
export const hasChromium = existsSync(executablePath);

const flags =
  '--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking --disable-component-update --disable-sync';

export const launch = (): Promise<Browser> =>
  chromium.launch({ executablePath, args: flags.split(' ') });

export type Opened = {
  readonly page: Page;
  /** Errors of the page: console, uncaught, violations of its content policy. */
  readonly errors: string[];
  /** Every address the page asked for beside itself. */
  readonly requests: string[];
};

export type Look = {
  readonly width?: number;
  readonly height?: number;
  readonly colorScheme?: 'dark' | 'light';
  readonly javaScriptEnabled?: boolean;
};

/** Opens a document from a file, hands it to `use`, and removes it again. */
export const withPage = async (
  browser: Browser,
  document: string,
  options: { readonly look?: Look; readonly use: (opened: Opened) => Promise<void> },
): Promise<void> => {
  const { width = 1280, height = 800, ...look } = options.look ?? {};
  const folder = await mkdtemp(join(tmpdir(), 'ordeal-report-'));
  const context = await browser.newContext({ viewport: { width, height }, ...look });
  try {
    const file = join(folder, 'report.html');
    await writeFile(file, document);
    const page = await context.newPage();
    const errors: string[] = [];
    const requests: string[] = [];
    page.on('console', (message) => {
      if (message.type() === 'error') errors.push(message.text());
    });
    page.on('pageerror', (error) => errors.push(String(error)));
    page.on('request', (request) => requests.push(request.url()));
    await page.goto(pathToFileURL(file).href);
    if (look.javaScriptEnabled !== false) await page.waitForSelector('html[data-ready]');
    await options.use({ page, errors, requests: requests.slice(1) });
  } finally {
    await context.close();
    await rm(folder, { recursive: true, force: true });
  }
};
