import { expect, test } from 'vitest';
import { SettingsRefused, settingsToStore } from '../../src/sources/index.ts';

const seal = (secret: string) => `sealed:${secret}`;
const okta = { service: 'okta', domain: 'https://clinic.okta.example', token: 'a token' };
const TENANT = '11111111-1111-4111-8111-111111111111';

const problems = (act: () => unknown) => {
  try {
    act();
  } catch (error) {
    if (error instanceof SettingsRefused) return error.problems.map(({ field }) => field);
    throw error;
  }
  return [];
};

test('a new pull is checked, and its secret sealed', () => {
  expect(settingsToStore('pull', okta, undefined, seal)).toEqual({ ...okta, token: 'sealed:a token' });
  expect(problems(() => settingsToStore('pull', { ...okta, token: '' }, undefined, seal))).toEqual(['token']);
  expect(problems(() => settingsToStore('pull', { ...okta, tokn: 'x' }, undefined, seal))).toEqual(['settings']);
  expect(problems(() => settingsToStore('pull', {}, undefined, seal))).toEqual(['service']);
});

test('a secret that is left out, empty or “(set)” stays as it is', () => {
  const stored = settingsToStore('pull', okta, undefined, seal);
  for (const token of [undefined, '', '(set)'])
    expect(settingsToStore('pull', { ...okta, token, since: '2026-06-01T00:00:00Z' }, stored, seal)).toEqual({
      ...stored,
      since: '2026-06-01T00:00:00Z',
    });
  expect(settingsToStore('pull', { ...okta, token: 'other' }, stored, seal).token).toBe('sealed:other');
});

test('a kept secret is not sent to another server than it was given for', () => {
  const stored = settingsToStore('pull', okta, undefined, seal);
  const elsewhere = { service: 'okta', domain: 'https://thief.example' };
  expect(problems(() => settingsToStore('pull', elsewhere, stored, seal))).toEqual(['token']);
  expect(settingsToStore('pull', { ...elsewhere, token: 'new' }, stored, seal).token).toBe('sealed:new');
  const entra = { service: 'entra', tenant: TENANT, client_id: TENANT, client_secret: 's' };
  const directory = settingsToStore('pull', entra, undefined, seal);
  const changed = { ...entra, client_secret: '(set)', login: 'https://login.thief.example' };
  expect(problems(() => settingsToStore('pull', changed, directory, seal))).toEqual(['client_secret']);
  expect(problems(() => settingsToStore('pull', { ...entra, client_secret: '' }, stored, seal))).toEqual([
    'client_secret',
  ]);
});

test('a folder has a full path, and other sources have no settings', () => {
  expect(settingsToStore('folder', { path: '/var/log/clinic', include: '**/*.log' }, undefined, seal)).toEqual({
    path: '/var/log/clinic',
    include: '**/*.log',
  });
  expect(problems(() => settingsToStore('folder', { path: 'logs' }, undefined, seal))).toEqual(['path']);
  expect(problems(() => settingsToStore('syslog', { path: '/' }, undefined, seal))).toEqual(['settings']);
  expect(settingsToStore('syslog', {}, undefined, seal)).toEqual({});
});
