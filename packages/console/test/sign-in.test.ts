import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launchBrowser } from '../../chaperone/testkit/browser.ts';
import { type RunningOidcProvider, runOidcProvider } from '../../chaperone/testkit/oidc/run-oidc-provider.ts';
import { buildConsole } from '../build.mjs';
import { goTo, openPage, tooWide, violations } from '../testkit/look.ts';
import { freePort, type Served, serve } from '../testkit/served.ts';
import { administrator, setUp } from '../testkit/set-up.ts';
import { totp } from '../testkit/totp.ts';

const found = await launchBrowser();
const browser = 'browser' in found ? found.browser : undefined;

describe.skipIf(browser === undefined)('signing in to the real service', () => {
  let served: Served;
  let provider: RunningOidcProvider;
  let page: Page;
  let errors: string[];
  let secret: string;

  beforeAll(async () => {
    await buildConsole();
    const port = await freePort();
    served = await serve(port);
    // another site than the console's localhost, as in life: cookies have to survive that
    provider = await runOidcProvider(`http://localhost:${port}/api/v1/session/oidc/callback`);
    ({ page, errors } = await openPage(browser!, 1280, 'light'));
    secret = await setUp(page, served);
    await page.getByRole('button', { name: 'No, go to my organisation' }).click();
    await page.getByRole('heading', { name: 'Findings', level: 1 }).waitFor();
  }, 240_000);
  afterAll(async () => {
    await browser?.close();
    provider?.stop();
    await served?.close();
  }, 240_000);

  it('by an identity provider: set up, tested, walked, refused with words, and removed', async () => {
    await goTo(page, served.url, 'o/harbour-clinic/settings?tab=sign-in');
    expect(await violations(page)).toEqual([]);
    expect(await page.locator('code.block').textContent()).toBe(`${served.url}/api/v1/session/oidc/callback`);
    await page.getByLabel('Name').fill('Clinic login');
    await page.getByLabel('Issuer').fill(provider.issuer);
    await page.getByLabel('Client id').fill(provider.clientId);
    await page.getByLabel('Client secret').fill(provider.clientSecret);
    await page.getByLabel('Who signs in and is not known').selectOption('viewer');
    await page.getByRole('button', { name: 'Add the provider' }).click();
    await page.getByRole('cell', { name: 'become viewer' }).waitFor();
    expect(await page.getByLabel('Client secret').inputValue()).toBe('');
    await page.getByRole('button', { name: 'Test' }).click();
    await page.getByText('It answers as an OpenID provider.').waitFor();
    await page.getByRole('button', { name: 'Close' }).click();

    const ben = await openPage(browser!, 400, 'dark');
    await comeBy(ben.page, served, 'ben@harbour.example');
    await ben.page.getByRole('heading', { name: 'Findings', level: 1 }).waitFor();
    // the provider's own pages ask for a font and an icon that aren't there
    ben.errors.splice(0);
    await goTo(ben.page, served.url, 'o/harbour-clinic/account');
    await ben.page.getByText('ben@harbour.example, ben@harbour.example').waitFor();
    expect(ben.errors).toEqual([]);
    await ben.page.close();

    const eve = await openPage(browser!, 400, 'dark');
    await comeBy(eve.page, served, 'new.eve@harbour.example');
    await eve.page.getByText('The provider has not verified your e-mail address.').waitFor();
    expect(await violations(eve.page)).toEqual([]);
    expect(await tooWide(eve.page)).toBe(false);
    await eve.page.reload();
    await eve.page.getByLabel('Password').waitFor();
    expect(await eve.page.getByText('has not verified').count()).toBe(0);

    provider.stop();
    await eve.page.getByRole('link', { name: 'Sign in with Clinic login' }).click();
    await eve.page.getByText('Clinic login can’t be reached').waitFor();
    await eve.page.close();

    await page.getByRole('button', { name: 'Remove' }).click();
    await page.getByRole('button', { name: /^Really/ }).click();
    await page.getByText('None. People sign in with').waitFor();
    expect(errors).toEqual([]);
  }, 120_000);

  it('by a passkey: enrolled, used alone, used after the password, and cancelled with words', async () => {
    const devtools = await page.context().newCDPSession(page);
    await devtools.send('WebAuthn.enable');
    const { authenticatorId } = await devtools.send('WebAuthn.addVirtualAuthenticator', {
      options: {
        protocol: 'ctap2',
        transport: 'internal',
        hasResidentKey: true,
        hasUserVerification: true,
        isUserVerified: true,
        automaticPresenceSimulation: true,
      },
    });
    await goTo(page, served.url, 'o/harbour-clinic/account');
    await page.getByRole('button', { name: 'Add a passkey' }).click();
    expect(await violations(page)).toEqual([]);
    await page.getByLabel('Name of the passkey').fill('Ada’s laptop');
    await page.getByRole('button', { name: 'Make the passkey' }).click();
    await page.getByRole('cell', { name: 'Ada’s laptop' }).waitFor();

    await page.getByRole('button', { name: 'Add a passkey' }).click();
    await page.getByRole('button', { name: 'Make the passkey' }).click();
    await page.getByText('has a passkey of your account already').waitFor();
    await page.getByRole('button', { name: 'Close' }).click();

    await signOut(page);
    await page.getByRole('button', { name: 'Use a passkey' }).click();
    await page.getByRole('heading', { name: 'Findings', level: 1 }).waitFor();

    await goTo(page, served.url, 'o/harbour-clinic/account');
    await signOut(page);
    await page.getByLabel('E-mail address').fill(administrator.email);
    await page.getByLabel('Password').fill(administrator.password);
    await page.getByRole('button', { name: 'Sign in', exact: true }).click();
    await page.getByLabel('Code').waitFor();
    expect(await violations(page)).toEqual([]);
    await page.getByRole('button', { name: 'Use a passkey' }).click();
    await page.getByRole('heading', { name: 'Findings', level: 1 }).waitFor();

    // a session that ended leads to the sign-in, and back to where one was
    await goTo(page, served.url, 'o/harbour-clinic/settings?tab=holds');
    await page.evaluate(async () => {
      const token = ((await (await fetch('/api/v1/session')).json()) as { csrf_token: string }).csrf_token;
      await fetch('/api/v1/session', { method: 'DELETE', headers: { 'x-csrf-token': token } });
    });
    await page.getByRole('link', { name: 'Indicators' }).click();
    await page.getByRole('button', { name: 'Use a passkey' }).click();
    await page.getByRole('heading', { name: 'Indicators', level: 1 }).waitFor();

    await goTo(page, served.url, 'o/harbour-clinic/account');
    await signOut(page);
    await devtools.send('WebAuthn.removeVirtualAuthenticator', { authenticatorId });
    await devtools.send('WebAuthn.addVirtualAuthenticator', {
      options: { protocol: 'ctap2', transport: 'internal', hasResidentKey: true, hasUserVerification: true },
    });
    await page.getByRole('button', { name: 'Use a passkey' }).click();
    await page.getByText('The browser was not given a passkey').waitFor();
    await page.getByLabel('E-mail address').fill(administrator.email);
    await page.getByLabel('Password').fill(administrator.password);
    await page.getByRole('button', { name: 'Sign in', exact: true }).click();
    // the code of the set-up was used; the next one comes within half a minute
    await page.getByLabel('Code').fill(totp(secret, Date.now() + 30_000));
    await page.getByRole('button', { name: 'Go on' }).click();
    await page.getByRole('heading', { name: 'Findings', level: 1 }).waitFor();
    expect(errors).toEqual([]);
  }, 180_000);
});

/** Signs in at the identity provider, through its own forms. */
async function comeBy(page: Page, { url }: Served, login: string): Promise<void> {
  await page.goto(url);
  await page.getByRole('link', { name: 'Sign in with Clinic login' }).click();
  await page.locator('input[name="login"]').fill(login);
  await page.locator('input[name="password"]').fill('any');
  await page.locator('button[type="submit"]').click();
  await page.locator('input[name="prompt"][value="consent"]').waitFor({ state: 'attached' });
  await page.locator('button[type="submit"]').click();
}

async function signOut(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Sign out' }).click();
  await page.getByRole('heading', { name: 'Sign in' }).waitFor();
}
