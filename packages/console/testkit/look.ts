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

/**
 * Walks the page by the Tab key alone. @returns controls that it never comes to, and places at which the focus can't be seen. Of a long table
 * the first rows stand for all.
 */
export async function outOfReach(page: Page): Promise<string[]> {
  const wanted = await page.evaluate(() => {
    (document.activeElement as HTMLElement | null)?.blur();
    const all = [...document.querySelectorAll<HTMLElement>('a[href], button, input, select, textarea, summary')];
    return all
      .filter((one) => one.checkVisibility({ visibilityProperty: true }) && !one.matches(':disabled, [tabindex="-1"]'))
      .filter(
        (one) =>
          one.closest('tr') === null || [...one.closest('tbody, thead')!.children].indexOf(one.closest('tr')!) < 5,
      )
      .map((one, place) => {
        one.dataset.reach = String(place);
        return `${one.tagName.toLowerCase()} ${one.textContent || one.getAttribute('aria-label') || one.id}`.slice(
          0,
          60,
        );
      });
  });
  const wrong = new Set<string>();
  const met = new Set<string>();
  for (let presses = 0; presses < 1500 && met.size < wanted.length; presses += 1) {
    await page.keyboard.press('Tab');
    const [reach, seen, name] = await page.evaluate(() => {
      const here = document.activeElement as HTMLElement;
      const { outlineStyle, outlineWidth } = getComputedStyle(here);
      const shown = here === document.body || (outlineStyle !== 'none' && Number.parseFloat(outlineWidth) >= 1);
      return [here.dataset.reach, shown, here.outerHTML.slice(0, 80)] as const;
    });
    if (reach !== undefined) met.add(reach);
    if (!seen) wrong.add(`the focus can't be seen on ${name}`);
  }
  wanted.forEach((name, place) => {
    if (!met.has(String(place))) wrong.add(`Tab never comes to ${name}`);
  });
  return [...wrong];
}
