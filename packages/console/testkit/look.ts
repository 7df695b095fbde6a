import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Browser, Page } from 'playwright-core';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** A page whose errors are kept; being told “nobody is signed in” is how the sign-in begins. */
export async function openPage(on: Browser, width: number, colorScheme: 'light' | 'dark') {
  const page = await on.newPage({ viewport: { width, height: 860 }, colorScheme });
  page.setDefaultTimeout(30_000);
  const errors: string[] = [];
  page.on('pageerror', (error) => errors.push(error.message));
  page.on('console', (message) => {
    if (message.type() === 'error' && !/status of 401/.test(message.text())) errors.push(message.text());
  });
  return { page, errors };
}

interface AxeResult {
  readonly violations: readonly { readonly id: string; readonly nodes: readonly { readonly html: string }[] }[];
}

/** What axe finds wrong on the page as it is now, each with the element. */
export async function violations(page: Page): Promise<string[]> {
  // evaluated by the debugger's protocol, which the page's policy doesn't bind
  await page.evaluate(axe);
  return page.evaluate(async () => {
    const { run } = (globalThis as unknown as { axe: { run(): Promise<AxeResult> } }).axe;
    const found = (await run()).violations;
    return found.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html.slice(0, 160)}`));
  });
}

/** Goes to an address after the `#` and waits until everything on it is read. */
export async function goTo(page: Page, url: string, room: string): Promise<void> {
  await page.goto(`${url.replace(/\/$/, '')}/#/${room}`);
  await page.locator('h1').first().waitFor();
  await page.locator('.loading').first().waitFor({ state: 'detached' });
}

export async function tooWide(page: Page): Promise<boolean> {
  return page.evaluate(() => document.documentElement.scrollWidth > innerWidth);
}
