import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launchBrowser } from '../../chaperone/testkit/browser.ts';
import { buildConsole } from '../build.mjs';
import { goTo, openPage, outOfReach, tooWide, violations } from '../testkit/look.ts';
import { type Served, serve } from '../testkit/served.ts';
import { setUp } from '../testkit/set-up.ts';

const found = await launchBrowser();
const browser = 'browser' in found ? found.browser : undefined;

const rooms = [
  'findings',
  'sources',
  'rules',
  'rules/coverage',
  'rules/own',
  'indicators',
  'indicators?tab=feeds',
  'exceptions',
  'registry',
  'audit',
  'audit?tab=installation',
  'users',
  'tokens',
  'settings',
  'settings?tab=sign-in',
  'settings?tab=holds',
  'settings?tab=organizations',
  'account',
];

const roles = ['viewer', 'analyst', 'approver', 'provider_reader'] as const;

const hostile = '<img src=x onerror="window.__hit=1">';

describe.skipIf(browser === undefined)('the console over the real service', () => {
  let served: Served;
  const links = new Map<string, string>();
  const folder = mkdtempSync(join(tmpdir(), 'chaperone-watched-'));
  beforeAll(async () => {
    await buildConsole();
    served = await serve();
  }, 240_000);
  // on a busy machine the event store takes its time to end
  afterAll(async () => {
    await browser?.close();
    await served?.close();
    rmSync(folder, { recursive: true, force: true });
  }, 240_000);

  it('is set up, sees the sample arrive live, and follows a finding to its bytes and to an exception', async () => {
    const { page, errors } = await openPage(browser!, 1280, 'light');
    const asked: string[] = [];
    page.on('request', (request) => {
      const { pathname } = new URL(request.url());
      if (pathname.startsWith('/api/')) asked.push(`${request.method()} ${pathname}`);
    });
    await setUp(page, served);
    await page.getByRole('button', { name: 'Add the sample organisation' }).click();
    await page.getByRole('heading', { name: 'Findings', level: 1 }).waitFor();
    // Nothing is clicked and nothing reloaded: the intrusion comes by itself, its latest act on top, and no clock is blamed for old logs.
    const first = page.locator('[data-row]').first();
    await expect
      .poll(() => first.textContent(), { timeout: 120_000 })
      .toContain('Provider account that nobody declared');
    await page.getByText('Directory Database Copied').waitFor();
    expect(await page.getByRole('button', { name: /new findings?, show/ }).count()).toBe(0);
    expect(await page.getByText('The clock of a source is off').count()).toBe(0);
    expect(await page.locator('td', { hasText: /^Northgate IT$/ }).count()).toBeGreaterThan(10);

    await first.click();
    const evidence = page.locator('.pane');
    await evidence
      .getByText(/Seen in|Seen by|It fits/)
      .first()
      .waitFor();
    await evidence.locator('table a').first().waitFor();
    await page.getByRole('button', { name: 'Make an exception from this' }).click();
    await page.getByLabel('Reason').fill('Agreed by telephone until Friday');
    await page.getByRole('button', { name: 'Hold these back' }).click();
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    await evidence.locator('table a').first().click();
    await page.getByRole('tab', { name: 'Raw text' }).waitFor();
    expect((await page.locator('pre').first().textContent())?.length).toBeGreaterThan(20);
    await goTo(page, served.url, 'o/lakeside/exceptions');
    await page.getByText('Agreed by telephone until Friday').waitFor();
    await goTo(page, served.url, 'o/lakeside/audit');
    await page.getByRole('button', { name: 'Verify the chain' }).click();
    await page.getByText(/is whole: none was changed/).waitFor();

    await goTo(page, served.url, 'o/lakeside/sources');
    await page.getByRole('button', { name: 'New source' }).click();
    await page.getByLabel('Name', { exact: true }).fill('An upload');
    await page.getByLabel('It arrives by').selectOption('upload');
    await page.getByRole('button', { name: 'Make the source' }).click();
    await page.getByText('Waiting for the first event …').waitFor();
    await page.getByRole('tab', { name: 'Upload files' }).click();
    await page.locator('input[type="file"]').setInputFiles({
      name: 'hostile.log',
      mimeType: 'text/plain',
      buffer: Buffer.from(
        `Nov 25 02:14:07 fw01 sshd[7]: Failed password for ${hostile} from 203.0.113.9 port 22 ssh2\n`,
      ),
    });
    await page.getByRole('button', { name: 'Upload', exact: true }).click();
    await page.getByText('The first event is here').waitFor();
    expect(await page.evaluate(() => '__hit' in globalThis)).toBe(false);

    // credentials are written and never read back
    await goTo(page, served.url, 'o/lakeside/sources');
    await page.getByRole('button', { name: 'New source' }).click();
    await page.getByLabel('Name', { exact: true }).fill('Staff sign-ins');
    await page.getByLabel('It arrives by').selectOption('okta');
    expect(await violations(page)).toEqual([]);
    await page.getByLabel('Address').fill('https://127.0.0.1:9');
    await page.getByLabel('API token').fill('a secret token of Okta');
    await page.getByRole('button', { name: 'Make the source' }).click();
    await page.getByText('Chaperone asks once a minute').waitFor();
    const pulled = page.url().replace(/^.*#\//, '');
    await page.getByLabel('Address').fill('https://127.0.0.1:19');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText('token: is to be given again').waitFor();
    // the browser tells of the refusal, too
    expect(errors.splice(0)).toEqual([expect.stringContaining('422')]);
    await page.getByLabel('Address').fill('https://127.0.0.1:9');
    await page.getByLabel('Begin at').fill('2026-11-01T00:00:00Z');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText('Saved. It is tried within a minute').waitFor();
    const shown = await page.evaluate(() => fetch('/api/v1/organizations/lakeside/sources').then((a) => a.text()));
    expect(shown).toContain('2026-11-01T00:00:00Z');
    expect(shown).not.toMatch(/secret token|v1\./);

    await changesFeedsAndProviders(page, served.url);
    expect(errors.splice(0)).toEqual([expect.stringContaining('422')]);
    await looksThroughTrails(page, served.url);

    await goTo(page, served.url, 'o/lakeside/sources');
    await page.getByRole('button', { name: 'New source' }).click();
    await page.getByLabel('Name', { exact: true }).fill('Files of the PACS');
    await page.getByLabel('It arrives by').selectOption('folder');
    await page.getByLabel('Folder').fill(folder);
    await page.getByRole('button', { name: 'Make the source' }).click();
    await page.getByText('Chaperone looks into the folder by itself').waitFor();
    writeFileSync(
      join(folder, 'pacs.log'),
      'Nov 25 02:14:07 pacs01 sshd[7]: Failed password for root from 203.0.113.9 port 22 ssh2\n',
    );
    await page.getByText('The first event is here').waitFor();

    await goTo(page, served.url, 'o/lakeside/users');
    await page.getByRole('textbox', { name: 'Name' }).fill('Vera View');
    await page.getByRole('textbox', { name: 'E-mail address' }).fill('vera@lakeside.example');
    await page.getByRole('button', { name: 'Make the link' }).click();
    await page.getByText('Hand this link over').waitFor();
    const vera = page.getByRole('row', { name: /Vera View/ });
    await vera.getByRole('button', { name: 'New password' }).click();
    await vera.getByRole('button', { name: /^Really/ }).click();
    await page.getByText('Hand this link for a new password to Vera View').waitFor();
    await vera.getByRole('button', { name: 'Disable' }).click();
    await vera.getByRole('button', { name: /^Really/ }).click();
    await vera.getByRole('button', { name: 'Enable' }).click();
    await vera.getByText('may sign in').waitFor();

    await goTo(page, served.url, 'o/lakeside/settings?tab=organizations');
    await page.getByRole('textbox', { name: 'Name', exact: true }).fill('Hill Clinic');
    await page.getByRole('button', { name: 'Make the organisation' }).click();
    await page.getByText('Nothing sends logs yet').waitFor();
    expect(page.url()).toContain('/o/hill-clinic/sources');

    await goTo(page, served.url, 'o/lakeside/settings?tab=holds');
    await page.getByLabel('Reason').fill('Case 17, asked for by the data protection officer');
    await page.getByLabel('Ends on').fill('2099-01-01');
    await page.getByRole('button', { name: 'Place the hold' }).click();
    await page.getByRole('cell', { name: 'in force' }).waitFor();
    await page.getByRole('cell', { name: '2099-01-01' }).waitFor();
    expect(await page.getByRole('textbox', { name: 'Reason' }).inputValue()).toBe('');
    await page.getByRole('cell').getByRole('button', { name: 'Release' }).click();
    await page.getByRole('button', { name: /^Really/ }).click();
    await page.getByRole('cell', { name: 'in force' }).waitFor({ state: 'detached' });

    const wrong: string[] = [];
    for (const [width, colorScheme] of [
      [1280, 'light'],
      [1280, 'dark'],
      [400, 'light'],
      [400, 'dark'],
    ] as const) {
      await page.setViewportSize({ width, height: 860 });
      await page.emulateMedia({ colorScheme });
      for (const room of [...rooms, pulled.replace('o/lakeside/', '')]) {
        await goTo(page, served.url, `o/lakeside/${room}`);
        wrong.push(...(await violations(page)).map((one) => `${room} ${width} ${colorScheme}: ${one}`));
        if (await tooWide(page)) wrong.push(`${room} ${width}: too wide`);
        if (colorScheme === 'light') wrong.push(...(await outOfReach(page)).map((one) => `${room} ${width}: ${one}`));
      }
    }
    for (const role of roles) {
      const who = { name: role, email: `${role}@lakeside.example`, role };
      const provider = role === 'provider_reader' ? { provider: 'northgate' } : {};
      links.set(
        role,
        (await callApi<{ link: string }>(page, 'POST', '/organizations/lakeside/users', { ...who, ...provider })).link,
      );
    }
    expect(wrong).toEqual([]);
    expect(errors).toEqual([]);
    expect(await undeclared(served.url, asked)).toEqual([]);
    await page.close();
  }, 480_000);

  it.each(roles)(
    'leads a person with the role %s into no room that only says no',
    async (role) => {
      const { page, errors } = await openPage(browser!, 1280, 'light');
      await page.goto(links.get(role) ?? '');
      await page.getByLabel('Choose a password').fill('nobody guesses this one');
      await page.getByRole('button', { name: 'Keep it and sign in' }).click();
      await page.getByLabel('E-mail address').fill(`${role}@lakeside.example`);
      await page.getByLabel('Password').fill('nobody guesses this one');
      await page.getByRole('button', { name: 'Sign in', exact: true }).click();
      await page.locator('[data-row]').first().waitFor();
      const rail = await page.getByRole('navigation', { name: 'Rooms' }).getByRole('link').all();
      const own = await Promise.all(rail.map(async (link) => String(await link.getAttribute('href')).slice(2)));
      expect(own.length).toBe({ viewer: 7, analyst: 7, approver: 9, provider_reader: 3 }[role]);
      for (const room of [...own, 'o/lakeside/account']) {
        await goTo(page, served.url, room);
        const tabs = await page.getByRole('tab').all();
        for (const tab of tabs) {
          await tab.click();
          await page.locator('.loading').first().waitFor({ state: 'detached' });
          expect(await page.locator('.note.error').allTextContents()).toEqual([]);
        }
        expect(await page.locator('.note.error').allTextContents()).toEqual([]);
        if (!/findings|sources$/.test(room)) continue;
        await page.locator('[data-row]').first().click();
        await page.locator('.loading').first().waitFor({ state: 'detached' });
        // tabs within tabs come and go
        for (const tab of await page.getByRole('tablist').first().getByRole('tab').all()) {
          await tab.click();
          await page.locator('.loading').first().waitFor({ state: 'detached' });
        }
        expect(await page.locator('.note.error').allTextContents()).toEqual([]);
      }
      expect(errors).toEqual([]);
      await page.close();
    },
    120_000,
  );
});

/** What was written once is changed in place; secrets stay where they belong, and are asked for again where they would go elsewhere. */
async function changesFeedsAndProviders(page: Page, url: string): Promise<void> {
  await goTo(page, url, 'o/lakeside/indicators?tab=feeds');
  await page.getByRole('textbox', { name: 'Name' }).fill('Neighbours');
  await page.getByLabel('Kind').selectOption('csv');
  await page.getByLabel('Address').fill('https://feeds.example/list.csv');
  await page.getByLabel('Password or key').fill('a key of theirs');
  await page.getByRole('button', { name: 'Add the feed' }).click();
  const feed = page.getByRole('row', { name: /Neighbours/ });
  await feed.getByRole('button', { name: 'Change' }).focus();
  await page.keyboard.press('Enter');
  const dialog = page.getByRole('dialog');
  expect(await dialog.getByLabel('Address').inputValue()).toBe('https://feeds.example/list.csv');
  expect(await dialog.getByLabel('Password or key').inputValue()).toBe('');
  expect(await violations(page)).toEqual([]);
  await dialog.getByLabel('Name').fill('Ring of clinics');
  await dialog.getByLabel('Confidence').fill('60');
  await page.keyboard.press('Enter');
  await page.getByRole('row', { name: /Ring of clinics/ }).waitFor();
  await page
    .getByRole('row', { name: /Ring of clinics/ })
    .getByRole('button', { name: 'Change' })
    .click();
  await dialog.getByLabel('Address').fill('https://elsewhere.example/list.csv');
  await dialog.getByRole('button', { name: 'Save' }).click();
  await dialog.getByText('secret: is to be given again').waitFor();
  await dialog.getByRole('button', { name: 'Close' }).click();

  await goTo(page, url, 'o/lakeside/settings?tab=sign-in');
  await page.getByRole('textbox', { name: 'Name' }).fill('Clinic login');
  await page.getByLabel('Issuer').fill('https://login.example');
  await page.getByLabel('Client id').fill('chaperone');
  await page.getByRole('button', { name: 'Add the provider' }).click();
  const provider = page.getByRole('row', { name: /Clinic login/ });
  await provider.getByRole('button', { name: 'Change' }).click();
  expect(await violations(page)).toEqual([]);
  await dialog.getByLabel('Issuer').fill('https://login.lakeside.example');
  await dialog.getByLabel('Who signs in').selectOption('viewer');
  await dialog.getByRole('button', { name: 'Save' }).click();
  await page.getByRole('row', { name: /login\.lakeside\.example.*become viewer/ }).waitFor();
  await provider.getByRole('button', { name: 'Switch off' }).click();
  await provider.getByRole('button', { name: /^Really/ }).click();
  await provider.getByRole('cell', { name: 'off', exact: true }).waitFor();
}

/** The whole trail is asked, not the page at hand; and the installation has one of its own. */
async function looksThroughTrails(page: Page, url: string): Promise<void> {
  await goTo(page, url, 'o/lakeside/audit');
  const filters = page.getByRole('search');
  await filters.getByLabel('What').selectOption('indicator_feed');
  await page.getByRole('cell', { name: 'changed the feed' }).waitFor();
  await page.getByRole('cell', { name: 'made the source' }).first().waitFor({ state: 'detached' });
  await filters.getByLabel('Of which').fill('ring of');
  await page.keyboard.press('Enter');
  await page.getByRole('cell', { name: 'added the feed' }).waitFor({ state: 'detached' });
  expect(page.url()).toContain('object=ring');
  await filters.getByRole('textbox', { name: 'To', exact: true }).fill('2020-01-01');
  await page.keyboard.press('Enter');
  await page.getByText('No act in the whole trail fits these filters.').waitFor();
  await goTo(page, url, 'o/lakeside/audit?tab=installation');
  await page.getByRole('cell', { name: 'set up Chaperone' }).waitFor();
  await page.getByRole('button', { name: 'Verify the chain' }).click();
  await page.getByText(/is whole: none was changed/).waitFor();
}

/** Calls the API as whoever is signed in on the page. */
function callApi<T>(page: Page, method: string, path: string, body: unknown): Promise<T> {
  return page.evaluate(
    async ([how, where, what]) => {
      const session = await (await fetch('/api/v1/session')).json();
      const headers = { 'content-type': 'application/json', 'x-csrf-token': session.csrf_token ?? '' };
      const answer = await fetch(`/api/v1${where}`, { method: how, headers, body: JSON.stringify(what) });
      const text = await answer.text();
      if (!answer.ok) throw new Error(text);
      return text === '' ? undefined : JSON.parse(text);
    },
    [method, path, body] as const,
  );
}

/** What the console asked for that the API's own document doesn't name. */
async function undeclared(url: string, asked: readonly string[]): Promise<string[]> {
  const { paths } = (await (await fetch(`${url}/api/openapi.json`)).json()) as {
    paths: Record<string, Record<string, unknown>>;
  };
  const known = Object.entries(paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => new RegExp(`^${method.toUpperCase()} ${path.replace(/\{\w+\}/g, '[^/]+')}$`)),
  );
  return [...new Set(asked)].filter((one) => !known.some((pattern) => pattern.test(one)));
}
