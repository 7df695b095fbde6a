import { readFileSync } from 'node:fs';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launchBrowser } from '../../chaperone/testkit/browser.ts';
import { buildConsole } from '../build.mjs';
import { openPage, tooWide, violations } from '../testkit/look.ts';
import { type RecordedApi, startRecordedApi } from '../testkit/recorded-api.ts';

const found = await launchBrowser();
const browser = 'browser' in found ? found.browser : undefined;

const rooms = [
  'findings',
  'findings?open=f-1',
  'findings/f-1',
  'events/e-1',
  'sources',
  'sources/src-1',
  'rules',
  'rules/r-1',
  'rules/coverage',
  'rules/own',
  'indicators',
  'exceptions',
  'registry',
  'audit',
  'users',
  'tokens',
  'settings',
  'account',
];

async function signIn(page: Page, url: string): Promise<void> {
  await page.goto(url);
  await page.getByLabel('E-mail address').fill('ada@harbour.example');
  await page.getByLabel('Password').fill('correct horse battery');
  await page.keyboard.press('Enter');
  await page.getByLabel('Code').fill('123456');
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: 'Findings', level: 1 }).waitFor();
}

describe.skipIf(browser === undefined)('the console in a browser, over the recorded API', () => {
  let dist: string;
  let api: RecordedApi;
  beforeAll(async () => {
    dist = await buildConsole();
    api = await startRecordedApi(dist);
  });
  afterAll(async () => {
    await api?.close();
    await browser?.close();
  });

  it.each([
    [1280, 'light'],
    [1280, 'dark'],
    [400, 'light'],
    [400, 'dark'],
  ] as const)(
    'has no accessibility violation, no error and no sideways scrolling at %i in %s',
    async (width, scheme) => {
      const own = await startRecordedApi(dist);
      const { page, errors } = await openPage(browser!, width, scheme);
      const wrong: string[] = [];
      await page.goto(own.url);
      await page.getByLabel('Password').waitFor();
      wrong.push(...(await violations(page)));
      await signIn(page, own.url);
      for (const room of rooms) {
        await page.goto(`${own.url}#/o/harbour/${room}`);
        await page.locator('h1').first().waitFor();
        await page.locator('.loading').first().waitFor({ state: 'detached' });
        wrong.push(...(await violations(page)).map((one) => `${room}: ${one}`));
        if (await tooWide(page)) wrong.push(`${room}: too wide`);
      }
      expect(wrong).toEqual([]);
      expect(errors).toEqual([]);
      await page.close();
      await own.close();
    },
  );

  it('is walked from sign-in to the raw event and to an exception by keyboard alone', async () => {
    const own = await startRecordedApi(dist);
    const { page, errors } = await openPage(browser!, 1280, 'light');
    const { keyboard } = page;
    await page.goto(own.url);
    await page.getByLabel('E-mail address').waitFor();
    await keyboard.press('Tab');
    await keyboard.type('ada@harbour.example');
    await keyboard.press('Tab');
    await keyboard.type('correct horse battery');
    await keyboard.press('Enter');
    await page.getByLabel('Code').waitFor();
    await keyboard.press('Tab');
    await keyboard.type('123456');
    await keyboard.press('Enter');
    await page.getByRole('button', { name: 'Northgate worked outside' }).waitFor();
    await keyboard.press('j');
    await keyboard.press('j');
    await keyboard.press('k');
    await keyboard.press('Enter');
    await page.getByText('outside the agreed hours 08:00 to 18:00').waitFor();
    expect(page.url()).toContain('open=f-1');
    const exception = page.getByRole('button', { name: 'Make an exception from this' });
    await tabTo(page, () => exception.evaluate((element) => element === document.activeElement));
    await keyboard.press('Enter');
    const reason = page.getByLabel('Reason');
    await tabTo(page, () => reason.evaluate((element) => element === document.activeElement));
    await keyboard.type('Agreed by telephone until Friday');
    await keyboard.press('Enter');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    const event = page.locator('.pane table a').first();
    await tabTo(page, () => event.evaluate((element) => element === document.activeElement));
    await keyboard.press('Enter');
    await page.getByRole('tab', { name: 'Raw text' }).waitFor();
    expect(await page.locator('pre').first().textContent()).toContain('rundll32');
    await page.goto(`${own.url}#/o/harbour/exceptions`);
    await page.getByText('Agreed by telephone until Friday').waitFor();
    expect(errors).toEqual([]);
    await page.close();
    await own.close();
  });

  it('sets up the first administrator, a second factor with a QR code, and offers the sample', async () => {
    const own = await startRecordedApi(dist, { setup: true });
    const { page, errors } = await openPage(browser!, 1280, 'light');
    await page.goto(`${own.url}#/setup?token=once`);
    await page.getByLabel('Your name').fill('Ada Harbour');
    await page.getByLabel('Your e-mail address').fill('ada@harbour.example');
    await page.getByLabel('Password').fill('correct horse battery');
    await page.getByLabel('Organisation').fill('Harbour Clinic');
    await page.getByRole('button', { name: 'Create and go on' }).click();
    await page.getByRole('button', { name: 'Set up an authenticator app' }).click();
    await page.getByRole('img', { name: /QR code/ }).waitFor();
    expect(await violations(page)).toEqual([]);
    await page.getByLabel('Code that the app shows').fill('123456');
    await page.getByRole('button', { name: 'Confirm' }).click();
    await page.getByText('abcd-efgh').waitFor();
    await page.getByRole('button', { name: 'I have kept them' }).click();
    await page.getByRole('button', { name: 'Add the sample organisation' }).click();
    await page.getByRole('heading', { name: 'Findings', level: 1 }).waitFor();
    expect(errors).toEqual([]);
    await page.close();
    await own.close();
  });

  it('says what arrived without a reload, and moves no row before it is asked to', async () => {
    const own = await startRecordedApi(dist);
    const { page } = await openPage(browser!, 1280, 'light');
    await signIn(page, own.url);
    await page.getByRole('button', { name: 'Northgate worked outside' }).waitFor();
    own.addFinding('A brand new finding');
    await page.getByRole('button', { name: '1 new finding, show' }).waitFor();
    expect(await page.getByRole('button', { name: 'A brand new finding' }).count()).toBe(0);
    await page.getByRole('button', { name: '1 new finding, show' }).click();
    await page.getByRole('button', { name: 'A brand new finding' }).waitFor();
    await page.goto(`${own.url}#/o/harbour/sources/src-1`);
    await page.getByText('Waiting for the first event …').waitFor();
    own.firstEvent();
    await page.getByText('The first event is here').waitFor();
    await page.close();
    await own.close();
  });

  it('makes an exception for one source of what it was found to do, and calls the provider by name', async () => {
    const own = await startRecordedApi(dist);
    const { page, errors } = await openPage(browser!, 400, 'light');
    await signIn(page, own.url);
    await page.goto(`${own.url}#/o/harbour/findings/f-silent`);
    await page.getByRole('button', { name: 'Make an exception from this' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('option', { name: 'Domain controllers' }).waitFor({ state: 'attached' });
    expect(await dialog.getByLabel('Source').inputValue()).toBe('src-1');
    expect(await dialog.getByLabel('Provider').inputValue()).toBe('northgate');
    expect(await dialog.getByLabel('Provider').locator('option:checked').textContent()).toBe('Northgate IT');
    expect(await violations(page)).toEqual([]);
    expect(await tooWide(page)).toBe(false);
    await dialog.getByLabel('Reason').fill('It moves to the new building');
    await dialog.getByRole('button', { name: 'Hold these back' }).click();
    await page.goto(`${own.url}#/o/harbour/exceptions`);
    await page
      .getByText('findings that a source fell silent, about provider Northgate IT, of source Domain controllers')
      .waitFor();
    expect(errors).toEqual([]);
    await page.close();
    await own.close();
  });

  it('shows hostile log text as text', async () => {
    const own = await startRecordedApi(dist);
    const { page, errors } = await openPage(browser!, 1280, 'light');
    await signIn(page, own.url);
    for (const room of ['findings?open=f-1', 'events/e-1', 'sources/src-1']) {
      await page.goto(`${own.url}#/o/harbour/${room}`);
      await page.locator('.loading').first().waitFor({ state: 'detached' });
      if (room.startsWith('sources')) await page.getByRole('tab', { name: 'Problems' }).click();
      await page.getByText('<img src=x').first().waitFor();
      expect(await page.locator('#root img').count()).toBe(0);
      expect(await page.locator('#root').textContent()).not.toMatch(/[\u202a-\u202e\u2066-\u2069]/);
    }
    expect(await page.evaluate(() => '__hit' in globalThis)).toBe(false);
    expect(errors).toEqual([]);
    await page.close();
    await own.close();
  });

  it('saves a table as CSV whose formulas are text', async () => {
    const own = await startRecordedApi(dist);
    const { page } = await openPage(browser!, 1280, 'light');
    await signIn(page, own.url);
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'CSV' }).click(),
    ]);
    const text = readFileSync(await download.path(), 'utf8');
    expect(text.split('\r\n')[0]).toBe('What,Level,Last time,Who,Provider,Host,Events');
    expect(text).toContain(`"'=HYPERLINK(""http://evil.example"")"`);
    await page.close();
    await own.close();
  });

  it('tells a mistake in a rule by its line', async () => {
    const own = await startRecordedApi(dist);
    const { page } = await openPage(browser!, 1280, 'light');
    await signIn(page, own.url);
    await page.goto(`${own.url}#/o/harbour/rules/own`);
    await page.getByRole('button', { name: 'Save and switch on' }).click();
    await page.getByRole('button', { name: 'Line 7' }).click();
    const marked = await page.locator('#rule-text').evaluate((area) => {
      const { value, selectionStart, selectionEnd } = area as HTMLTextAreaElement;
      return value.slice(selectionStart, selectionEnd);
    });
    expect(marked).toBe('detection:');
    await page.close();
    await own.close();
  });
});

/** Presses Tab until `there`, and fails where the keyboard never comes to it or the focus can't be seen. */
async function tabTo(page: Page, there: () => Promise<boolean>): Promise<void> {
  for (let presses = 0; presses < 120; presses += 1) {
    if (await there()) return;
    await page.keyboard.press('Tab');
  }
  throw new Error('the keyboard does not reach it');
}
