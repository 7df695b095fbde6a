import type { Page } from 'playwright-core';
import type { Served } from './served.ts';
import { totp } from './totp.ts';

export const administrator = { email: 'ada@harbour.example', password: 'a clinic beside the harbour 7' };

/** The first administrator's set-up with a second factor; ends where the sample is offered. @returns the authenticator's secret */
export async function setUp(page: Page, served: Served): Promise<string> {
  await page.goto(served.setupLink);
  await page.getByLabel('Your name').fill('Ada Harbour');
  await page.getByLabel('Your e-mail address').fill(administrator.email);
  await page.getByLabel('Password').fill(administrator.password);
  await page.getByLabel('Organisation').fill('Harbour Clinic');
  await page.getByRole('button', { name: 'Create and go on' }).click();
  await page.getByRole('button', { name: 'Set up an authenticator app' }).click();
  await page.getByRole('img', { name: /QR code/ }).waitFor();
  const secret = (await page.locator('.secret code').textContent()) ?? '';
  await page.getByLabel('Code that the app shows').fill(totp(secret));
  await page.getByRole('button', { name: 'Confirm' }).click();
  await page.getByRole('button', { name: 'I have kept them' }).click();
  await page.getByRole('button', { name: 'Add the sample organisation' }).waitFor();
  return secret;
}
