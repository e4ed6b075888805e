// The page in a real browser: readable, quiet, self-contained, and harmless whatever a run holds.
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { modelOf } from '../../src/report/model.ts';
import { pageOf } from '../../src/report/page/page.ts';
import type { RunData } from '../../src/report/run-data.ts';
import {
  sampleHistory,
  sampleLedger,
  sampleResult,
  sampleRun,
  sampleTest,
  sampleWitness,
} from '../report/sample-run.ts';
import { hasChromium, type Look, launch, noChromium, type Opened, withPage } from './browser.ts';

let browser: Browser;
beforeAll(async () => {
  if (hasChromium) browser = await launch();
});
afterAll(() => browser?.close());

const visit = (
  run: RunData,
  use: (opened: Opened) => Promise<void>,
  look: Look = {},
): Promise<void> => withPage(browser, pageOf(modelOf(run)), { look, use });

/** How many different colours a plot has: an empty canvas has very few. */
const coloursIn = (page: Page, plot: string): Promise<number> =>
  page.evaluate<number>(`(() => {
    const canvas = document.querySelector('${plot} canvas');
    const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
    const colours = new Set();
    for (let i = 0; i < data.length; i += 4)
      if (data[i + 3] === 255) colours.add(data[i] * 65536 + data[i + 1] * 256 + data[i + 2]);
    return colours.size;
  })()`);

/** Pixels by which the page is wider than its window. */
const overflowOf = (page: Page): Promise<number> =>
  page.evaluate<number>('document.documentElement.scrollWidth - innerWidth');

const isOnScreen = async (page: Page, selector: string): Promise<boolean> => {
  const box = await page.locator(selector).boundingBox();
  const size = page.viewportSize();
  return (
    box !== null &&
    size !== null &&
    box.y >= 0 &&
    box.y + box.height <= size.height &&
    box.x >= 0 &&
    box.x + box.width <= size.width
  );
};

const withoutVerdict = (): RunData => {
  const { result: _, ...rest } = sampleRun();
  return rest;
};

describe.skipIf(!hasChromium)(`the report (${noChromium})`, () => {
  const sizes = [
    ['a laptop', { width: 1280, height: 800 }],
    ['a phone', { width: 390, height: 844 }],
    ['a laptop in the dark', { width: 1280, height: 800, colorScheme: 'dark' }],
  ] as const;
  test.each(sizes)(
    'on %s: verdict, why and command without scrolling; nothing fetched, no error',
    async (_, look) => {
      await visit(
        sampleRun(),
        async ({ page, errors, requests }) => {
          expect(await page.locator('h1').innerText()).toBe('INVALID');
          expect(await page.locator('.why').innerText()).toBe(sampleWitness.title);
          for (const selector of ['h1', 'h1 .icon', '.why', '#repeat'])
            expect(await isOnScreen(page, selector)).toBe(true);
          const overflow = await overflowOf(page);
          expect(overflow).toBeLessThanOrEqual(0);
          expect(errors).toEqual([]);
          expect(requests.filter((url) => !url.startsWith('data:'))).toEqual([]);
        },
        look,
      );
    },
  );

  test('the witness is told and drawn, with what was broken then', async () => {
    await visit(sampleRun(), async ({ page }) => {
      expect(await page.locator('.story li').count()).toBe(4);
      expect(await page.locator('svg.witness .op').count()).toBe(4);
      expect(await page.locator('svg.witness .op.culprit').textContent()).toContain('read → 17');
      expect(await page.locator('svg.witness .op.open').count()).toBe(1);
      expect(await page.locator('svg.witness .band').textContent()).toContain(
        'partition n1 n2 | n3 n4 n5',
      );
      expect(await page.locator('tr.then').count()).toBe(1);
      const bars = await page.locator('svg.witness .op').evaluateAll((all) =>
        all.map((bar) => {
          const shape = bar.querySelector('rect, path')!.getBoundingClientRect();
          const text = bar.querySelector('text')!.getBoundingClientRect();
          return text.left >= shape.left && text.right <= shape.right;
        }),
      );
      expect(bars).toEqual([true, true, true, true]);
    });
  });

  test('plots show data; zoom by drag, keyboard and buttons; series can be switched off', async () => {
    await visit(sampleRun(), async ({ page, errors }) => {
      expect(await coloursIn(page, '#rate')).toBeGreaterThan(20);
      expect(await coloursIn(page, '#latency')).toBeGreaterThan(20);
      const reset = page.locator('[data-zoom=reset]');
      const bars = page.locator('.lane-bar:visible');
      expect(await bars.count()).toBe(5);
      expect(await reset.isDisabled()).toBe(true);

      await page.locator('#latency').scrollIntoViewIfNeeded();
      const box = (await page.locator('#latency .u-over').boundingBox())!;
      await page.mouse.move(box.x + box.width * 0.05, box.y + 100);
      await page.mouse.down();
      await page.mouse.move(box.x + box.width * 0.2, box.y + 120, { steps: 4 });
      await page.mouse.up();
      expect(await bars.count()).toBe(1);
      expect(await reset.isDisabled()).toBe(false);
      await page.mouse.dblclick(box.x + 50, box.y + 50);
      expect(await bars.count()).toBe(5);

      await page.locator('#plots').focus();
      for (const key of ['+', '+', '+', 'ArrowRight']) await page.keyboard.press(key);
      expect(await reset.isDisabled()).toBe(false);
      await page.keyboard.press('0');
      expect(await reset.isDisabled()).toBe(true);

      await page.locator('[data-zoom=witness]').click();
      expect(await bars.count()).toBe(1);
      await reset.click();
      const before = await coloursIn(page, '#latency');
      for (const series of ['ok', 'fail', 'info', 'quantiles'])
        await page.locator(`[data-series=${series}]`).click();
      expect(await page.locator('[data-series=ok]').getAttribute('aria-pressed')).toBe('false');
      expect(await coloursIn(page, '#latency')).toBeLessThan(before);
      expect(errors).toEqual([]);
    });
  });

  test('pointing at an operation tells what it was', async () => {
    await visit(sampleRun(), async ({ page }) => {
      await page.locator('#latency').scrollIntoViewIfNeeded();
      const box = (await page.locator('#latency .u-over').boundingBox())!;
      const said = new Set<string>();
      for (let x = 0.3; x < 0.4; x += 0.01) {
        await page.mouse.move(box.x + box.width * x, box.y + box.height * 0.78);
        said.add(await page.locator('#readout').innerText());
      }
      const texts = [...said].join('\n');
      expect(texts).toMatch(/key \d: (read|write|cas) .*process \d+ on n\d/);
      await page.mouse.move(box.x + box.width / 2, box.y + 5);
      expect(await page.locator('#readout').innerText()).toMatch(/ok, .* fail, .* info a second/);
    });
  });

  test('logs unfold, evidence unfolds, the command is copied', async () => {
    await visit(sampleRun(), async ({ page }) => {
      await page.locator('details.log summary').first().click();
      await page.locator('details.log pre', { hasText: 'became follower' }).waitFor();
      await page.locator('details.checker summary').first().focus();
      await page.keyboard.press('Enter');
      expect(await page.locator('details.checker pre').first().innerText()).toContain(
        '"statesExplored": 1824',
      );
      await page.locator('[data-copy=repeat]').click();
      await page.locator('[data-copy=repeat]', { hasText: /Copied|Selected/ }).waitFor();
    });
  });

  test('without a script, everything but plots and logs is there', async () => {
    await visit(
      sampleRun(),
      async ({ page }) => {
        expect(await page.locator('h1').innerText()).toBe('INVALID');
        expect(await page.locator('svg.witness .op').count()).toBe(4);
        expect(await page.locator('table.counts tfoot').innerText()).toContain('all');
      },
      { javaScriptEnabled: false },
    );
  });

  const odd: readonly (readonly [string, () => RunData, string])[] = [
    [
      'no operation',
      () =>
        sampleRun({
          history: [],
          ledger: [],
          logs: [],
          result: sampleResult({ valid: 'unknown', exitCode: 2, checkers: {} }),
        }),
      'UNKNOWN',
    ],
    ['no verdict', withoutVerdict, 'NO VERDICT'],
    [
      'one operation that never ended',
      () =>
        sampleRun({
          history: [{ index: 0, time: 5, process: 0, type: 'invoke', f: 'read', value: null }],
          ledger: [],
        }),
      'INVALID',
    ],
    [
      'a fault that never ended',
      () => sampleRun({ ledger: sampleLedger(16).slice(0, 3) }),
      'INVALID',
    ],
    [
      'a witness without operations',
      () =>
        sampleRun({
          result: sampleResult({
            checkers: { set: { valid: false, witness: { title: 'lost', words: [], ops: [] } } },
          }),
        }),
      'INVALID',
    ],
    [
      'a file that could not be read',
      () => sampleRun({ unread: ['history.jsonl:7: not JSON'], history: [] }),
      'INVALID',
    ],
    [
      'sixty faults on no nodes',
      () => sampleRun({ ledger: sampleLedger(700), test: sampleTest({ nodes: [] }) }),
      'INVALID',
    ],
  ];
  test.each(odd)('%s is shown without an error', async (_, run, word) => {
    await visit(run(), async ({ page, errors }) => {
      expect(await page.locator('h1').innerText()).toBe(word);
      expect(await page.locator('h2').count()).toBeGreaterThanOrEqual(7);
      expect(errors).toEqual([]);
    });
  });

  test('the policy forbids scripts, pictures and connections that are not its own', async () => {
    await visit(sampleRun({ history: [], ledger: [] }), async ({ page }) => {
      const refused = await page.evaluate<string[]>(`(async () => {
        const seen = [];
        document.addEventListener('securitypolicyviolation', (event) => seen.push(event.effectiveDirective));
        document.body.insertAdjacentHTML('beforeend', '<img src="https://127.0.0.1:9/x.png"><p style="color: red">');
        const script = document.createElement('script');
        script.textContent = 'globalThis.pwned = 1';
        document.body.append(script);
        await fetch('https://127.0.0.1:9/').catch(() => undefined);
        await new Promise((resolve) => setTimeout(resolve, 50));
        return [...new Set(seen)].sort();
      })()`);
      expect(refused).toEqual(['connect-src', 'img-src', 'script-src-elem', 'style-src-attr']);
      expect(await page.evaluate(() => 'pwned' in globalThis)).toBe(false);
    });
  });

  test('hostile text in every field does nothing', async () => {
    await visit(hostileRun(), async ({ page, errors, requests }) => {
      for (const fold of await page.locator('summary').all()) await fold.click();
      const box = (await page.locator('#latency .u-over').boundingBox())!;
      for (let x = 0; x < box.width; x += 40)
        await page.mouse.move(box.x + x, box.y + box.height / 2);
      expect(await page.evaluate(() => 'pwned' in globalThis)).toBe(false);
      expect(await page.locator('main script, main img, main iframe, main b i').count()).toBe(0);
      const text = await page.locator('body').innerText();
      expect(text.split('\n').filter((line) => /[\u202a-\u202e\u2066-\u2069]/.test(line))).toEqual(
        [],
      );
      expect(await overflowOf(page)).toBeLessThanOrEqual(0);
      expect(requests.filter((url) => !url.startsWith('data:'))).toEqual([]);
      expect(errors).toEqual([]);
    });
  });
});

const attack = `"'></script></template></title><img src=x onerror="globalThis.pwned=1"><script>globalThis.pwned=1</script>\u202e<!-- {data} -->{{x}}$&`;

/** Puts the attack wherever text can stand, keys included, but not into words that mean something to the record itself. */
const poison = (value: unknown, key = ''): unknown => {
  if (typeof value === 'string')
    return ['type', 'process', 'by', 'startedAt'].includes(key) ? value : attack + value;
  if (Array.isArray(value)) return value.map((item) => poison(item));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, item]) => [name, poison(item, name)]),
  );
};

const hostileRun = (): RunData => {
  const run = sampleRun({ history: sampleHistory(500, 30), ledger: sampleLedger(28) });
  const huge = 'x'.repeat(10_000_000);
  const history = run.history.map((op, i) => ({
    ...op,
    f: attack + op.f,
    value: i % 50 === 0 ? [attack, huge] : attack,
    key: `${attack}${op.key}`,
    error: [attack] as const,
  }));
  const { history: _, logs, ...rest } = run;
  const poisoned = poison(rest) as Omit<RunData, 'history' | 'logs'>; // the same shape, other texts
  const checkers = {
    [attack]: { valid: false, huge, ...(poison({ witness: sampleWitness }) as object) },
  } as const;
  return {
    ...poisoned,
    history,
    result: sampleResult({ checkers, reason: attack }),
    logs: logs.map((log) => ({ ...log, node: attack, file: attack, tail: attack + log.tail })),
  };
};
