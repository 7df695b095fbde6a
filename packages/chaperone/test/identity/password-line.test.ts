import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { PasswordLine } from '../../src/identity/password-line.ts';

const stranger = (network: string) => ({ network, known: false });
const slow =
  (ms: number, right = false) =>
  async () => {
    await sleep(ms);
    return right;
  };

test('of one network few wait, of all strangers not many, and who is turned away is so at once', async () => {
  const line = new PasswordLine(1);
  const begun = performance.now();
  const one = Array.from({ length: 8 }, () => line.run(stranger('10.0.0.1'), slow(20)).catch(({ code }) => code));
  const all = Array.from({ length: 60 }, (_, i) =>
    line.run(stranger(`10.1.0.${i}`), slow(1, true)).catch(({ code, retryAfter }) => {
      expect(performance.now() - begun).toBeLessThan(200);
      expect(retryAfter).toBe(5);
      return code;
    }),
  );
  expect((await Promise.all(one)).filter((it) => it === 'too_many_tries')).toHaveLength(3);
  expect((await Promise.all(all)).filter((it) => it === 'too_many_tries')).toHaveLength(24);
});

test('a flood of wrong passwords takes a quarter of the time; who is known doesn’t wait for it', async () => {
  const line = new PasswordLine(1);
  let busy = 0;
  const wrong = async () => {
    const from = performance.now();
    await sleep(20);
    busy += performance.now() - from;
    return false;
  };
  const begun = performance.now();
  const flood = Array.from({ length: 10 }, (_, i) => line.run(stranger(String(i)), wrong));
  await sleep(50);
  const from = performance.now();
  expect(await line.run({ network: '1', known: true }, slow(10, true))).toBe(true);
  expect(performance.now() - from).toBeLessThan(60);
  await Promise.all(flood);
  expect(busy / (performance.now() - begun)).toBeLessThan(0.4);
});
