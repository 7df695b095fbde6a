import { writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ScanResult } from '../../src/detection/index.ts';
import { reportPage } from '../../src/report/html/page.ts';
import { launchBrowser } from '../../testkit/browser.ts';
import { sampleResult } from '../../testkit/sample-result.ts';

const axe = createRequire(import.meta.url).resolve('axe-core/axe.min.js');
const launched = await launchBrowser();
const browser: Browser | undefined = 'browser' in launched ? launched.browser : undefined;
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'chaperone-page-'));
});
afterAll(async () => {
  await browser?.close();
  await rm(folder, { recursive: true, force: true });
});

function build(result: ScanResult): string {
  return [...reportPage(result, { zone: 'Europe/Zurich', beside: ['findings.jsonl', 'summary.json'] })].join('');
}

/** Opens a report and keeps everything that a page could do behind our back. */
async function open(result: ScanResult, options: BrowserContextOptions = {}): Promise<{ page: Page; noise: string[] }> {
  const file = join(folder, `${Math.random().toString(36).slice(2)}.html`);
  writeFileSync(file, build(result));
  const context = await browser!.newContext({ viewport: { width: 1280, height: 900 }, ...options });
  const page = await context.newPage();
  const noise: string[] = [];
  page.on('console', (message) => noise.push(`console: ${message.text()}`));
  page.on('pageerror', (error) => noise.push(`error: ${error.message}`));
  page.on('dialog', (dialog) => {
    noise.push(`dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  page.on('request', (request) => {
    if (request.url() !== `file://${file}` && !request.isNavigationRequest()) noise.push(`request: ${request.url()}`);
  });
  page.on('popup', (popup) => noise.push(`popup: ${popup.url()}`));
  await page.goto(`file://${file}`);
  return { page, noise };
}

describe.skipIf(browser === undefined)('the report in a browser', () => {
  for (const colorScheme of ['light', 'dark'] as const)
    for (const width of [1280, 400])
      test(`has no fault of access that axe finds, ${colorScheme}, ${width} pixels`, async () => {
        const { page, noise } = await open(sampleResult({ scale: 0.02 }), {
          colorScheme,
          viewport: { width, height: 900 },
          bypassCSP: true,
        });
        await page.evaluate(
          `for (const details of [...document.querySelectorAll('details')].slice(0, 12)) details.open = true`,
        );
        await page.addScriptTag({ path: axe });
        const violations = await page.evaluate(`axe
          .run({ runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] })
          .then(({ violations }) => violations.map(({ id, nodes }) => id + ': ' + nodes[0].html.slice(0, 160) + ' ' + nodes[0].failureSummary))`);
        expect(violations).toEqual([]);
        expect(await page.evaluate('document.documentElement.scrollWidth - innerWidth')).toBeLessThanOrEqual(0);
        expect(noise).toEqual([]);
        await page.context().close();
      });

  test('every place that shows text from a log shows it as text', async () => {
    const attacks = [
      '<script>alert(1)</script>',
      '"><img src=x onerror=alert(1)>',
      "' onmouseover='alert(1)",
      '</style><script>alert(1)</script>',
      '</script><script>alert(1)</script>',
      '</title></textarea></select></pre><svg onload=alert(1)>',
      '<!--',
      ']]>',
      '<base href="https://evil.invalid/">',
      '<meta http-equiv=refresh content="0;url=https://evil.invalid">',
      '<link rel=stylesheet href=https://evil.invalid/x.css>',
      '<iframe src=javascript:alert(1)>',
      'javascript:alert(1)',
      '&lt;script&gt;',
      '{{7*7}}',

      '\u202e\u2066gnp.exe',
      '\u001b[31m\u0007',
      '\u0000\ufffe\ud800',
    ];
    const poison = (text: string) => `${attacks.join(' ')} ${text}`;
    const result = sampleResult({ poison });
    const hostile: ScanResult = {
      ...result,
      proposal: poison('organization:'),
      by_account: result.by_account.map((group) => ({ ...group, name: poison(group.name) })),
      timeline: [...result.timeline, { hour: poison('2026'), level: 'high', count: 1 }],
    };
    const { page, noise } = await open(hostile);
    await page.evaluate(`for (const details of document.querySelectorAll('details')) details.open = true`);
    await page.locator('.count-button').first().click();
    await page.locator('#q').fill('<script>');
    await page.locator('#clear').click();
    await page.mouse.move(300, 300);
    await page.waitForTimeout(200);
    expect(noise).toEqual([]);
    expect(await page.locator('script').count()).toBe(1);
    expect(await page.locator('img, iframe, link, base, object, embed, form, meta[http-equiv=refresh]').count()).toBe(
      0,
    );
    expect(
      await page.evaluate(
        `[...document.querySelectorAll('*')].flatMap((node) => node.getAttributeNames()).filter((name) => name.startsWith('on')).length`,
      ),
    ).toBe(0);
    const said: string = await page.evaluate(
      'document.body.textContent + document.title + [...document.querySelectorAll("*")].flatMap((node) => [...node.attributes].map(({ value }) => value)).join()',
    );
    expect(said).not.toMatch(/[\u202e\u2066\u001b\u0000\u0007\ufffe]/);
    expect(await page.locator('h2').count()).toBe(16);
    await page.context().close();
  });

  test('a policy stands in the page that would stop a script even if one got in', async () => {
    const { page } = await open(sampleResult());
    const ran = await page.evaluate(`(async () => {
      const script = document.createElement('script');
      script.textContent = 'globalThis.ran = true';
      document.body.append(script);
      const image = document.createElement('img');
      const refused = new Promise((done) => image.addEventListener('error', () => done('refused')));
      image.src = 'data:image/gif;base64,R0lGODlhAQABAAAAACw=';
      document.body.append(image);
      return [globalThis.ran ?? false, await refused];
    })()`);
    expect(ran).toEqual([false, 'refused']);
    await page.context().close();
  });

  test('works by keyboard alone: skip link, first thing, search, next finding', async () => {
    const { page } = await open(sampleResult());
    await page.keyboard.press('Tab');
    expect(await page.evaluate('document.activeElement.textContent')).toContain('Skip');
    await page.keyboard.press('Enter');
    await page.locator('.first a').first().focus();
    await page.keyboard.press('Enter');
    await page.waitForFunction(`document.activeElement.tagName === 'SUMMARY'`);
    const opened = await page.evaluate('document.activeElement.parentElement.open');
    expect(opened).toBe(true);
    const before = await page.evaluate('document.activeElement.textContent');
    await page.keyboard.press('j');
    const after = await page.evaluate('document.activeElement.textContent');
    expect(after).not.toBe(before);
    await page.keyboard.press('/');
    await page.keyboard.type('pscp');
    expect(await page.locator('#status').textContent()).toMatch(/^Showing 1 of /);
    const outline = await page.evaluate('getComputedStyle(document.activeElement).outlineStyle');
    expect(outline).toBe('solid');
    await page.context().close();
  });

  test('narrows by a number that is pressed, by level and by word, and says how many are left', async () => {
    const { page } = await open(sampleResult());
    await page.locator('#hosts .count-button').first().click();
    const status = await page.locator('#status').textContent();
    expect(status).toMatch(/^Showing \d+ of \d+ listed findings: host /);
    const hosts = await page.evaluate(
      `new Set([...document.querySelectorAll('details.finding')].filter((item) => !item.hidden).map((item) => item.dataset.host)).size`,
    );
    expect(hosts).toBe(1);
    await page.locator('#clear').click();
    await page.locator('#min').selectOption('4');
    expect(await page.locator('details.finding:visible').count()).toBe(2);
    await page.context().close();
  });

  test('sorts numbers as numbers', async () => {
    const { page } = await open(sampleResult());
    const column = () => page.locator('#accounts tbody tr td.n').allTextContents();
    await page.locator('#accounts th', { hasText: 'Events' }).locator('button').click();
    expect(await column()).toEqual(['0', '0', '14', '9,120', '48,211']);
    await page.locator('#accounts th', { hasText: 'Events' }).locator('button').click();
    expect(await column()).toEqual(['48,211', '9,120', '14', '0', '0']);
    expect(await page.locator('#accounts th[aria-sort]').count()).toBe(1);
    await page.context().close();
  });

  test('says everything without its script', async () => {
    const { page } = await open(sampleResult(), { javaScriptEnabled: false });
    expect(await page.locator('#controls').isVisible()).toBe(false);
    expect(await page.locator('details.finding').count()).toBeGreaterThan(100);
    await page.locator('details.finding summary').first().click();
    expect(await page.locator('details.finding .why').first().isVisible()).toBe(true);
    await page.context().close();
  });
});

describe('the page', () => {
  test('stays small and whole when a scan found very much', () => {
    const text = build(sampleResult({ scale: 60 }));
    expect(text.length).toBeLessThan(8_000_000);
    expect(text).toMatch(/\d[\d,]* of 36,900 findings are listed/);
    expect(text.match(/class="finding /g)?.length).toBeLessThanOrEqual(1000);
    expect(text.trimEnd().endsWith('</html>')).toBe(true);
  });

  test('cuts values of a megabyte in every field', () => {
    const megabyte = '<A>'.repeat(350_000);
    const text = build(sampleResult({ scale: 0.05, poison: (own) => own + megabyte }));
    expect(text.length).toBeLessThan(30_000_000);
    expect(text).toContain('more characters');
  });

  test('lists the first five whatever else there is, and links to them', () => {
    const result = sampleResult({ scale: 60 });
    const text = build(result);
    for (const { finding } of result.summary.first) expect(finding).toBeDefined();
    expect(text.match(/<h3><span class="level \w+">\w+<\/span> <a href="#f\d+">/g)).toHaveLength(5);
  });

  test('has something to say when there is nothing', () => {
    const empty = sampleResult();
    const { summary } = empty;
    const text = build({
      ...empty,
      findings: [],
      timeline: [],
      by_account: [],
      by_host: [],
      by_provider: [],
      by_tactic: [],
      summary: {
        ...summary,
        verdict: { state: 'clean', text: 'Nothing in these logs speaks of misuse.' },
        first: [],
        accounts: [],
        files: { read: 1, unread: [] },
        records: { read: 10, unread: 0, problems: [], untimed: 0, outside: 0 },
        rules: { loaded: 1, refused: [], warnings: 0 },
        findings: {
          total: 0,
          by_level: { critical: 0, high: 0, medium: 0, low: 0, informational: 0 },
          by_rule: [],
          by_provider: [],
        },
        coverage: { sources: [], unanswered: [] },
      },
    });
    expect(text).toContain('Nothing found');
    expect(text).toContain('Everything that was given could be read.');
    const said = text.replace(/<(script|style)>[\s\S]*?<\/\1>/g, '');
    expect(said).not.toContain('undefined');
    expect(said).not.toContain('NaN');
  });

  test('says which days a source lacks, whatever the span', () => {
    const result = sampleResult({ scale: 0.01 });
    const { summary } = result;
    const cover = (days: string[][]) =>
      build({
        ...result,
        summary: {
          ...summary,
          coverage: { unanswered: [], sources: days.map((list) => ({ ...summary.coverage.sources[0], days: list })) },
        },
      });
    const week = cover([['2026-11-16', '2026-11-17', '2026-11-18', '2026-11-22'], ['2026-11-18'], []]);
    expect(week).toContain('4 of 7 days; none on 2026-11-19 to 2026-11-21<');
    expect(week).toContain('1 of 7 days; none on 2026-11-16 to 2026-11-17, 2026-11-19 to 2026-11-22<');
    expect(week).toContain('no day known');
    expect(cover([['2026-11-16', '2026-11-17']])).toContain('all 2 days');
    const ages = cover(Array.from({ length: 200 }, () => ['0001-01-01', '9999-12-31']));
    expect(ages).toContain('2 of 3,652,059 days; none on 0001-01-02 to 9999-12-30');
  });

  test('spans of one moment and of a thousand years both fit the timeline', () => {
    const result = sampleResult();
    for (const hours of [
      ['2026-11-20T02:00:00.000000Z'],
      ['1601-01-01T00:00:00.000000Z', '2026-11-20T02:00:00.000000Z', '9999-12-31T23:00:00.000000Z'],
    ]) {
      const text = build({ ...result, timeline: hours.map((hour) => ({ hour, level: 'high', count: 2 })) });
      expect(text.match(/<rect x=/g)!.length).toBeLessThan(400);
      expect(text).not.toContain('NaN');
    }
  });
});
