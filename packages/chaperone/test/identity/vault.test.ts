import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createVault } from '../../src/identity/index.ts';

const vault = createVault(randomBytes(32));

test('what is sealed opens with the same key and purpose, and no other', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), (text) => {
      const sealed = vault.seal('totp', text);
      expect(vault.open('totp', sealed)).toBe(text);
      expect(() => vault.open('feed', sealed)).toThrow();
      expect(() => createVault(randomBytes(32)).open('totp', sealed)).toThrow();
    }),
    { numRuns: 50 },
  );
});

test('a sealed text with any byte changed does not open', () => {
  const sealed = vault.seal('totp', 'a secret');
  const bytes = Buffer.from(sealed.slice(3), 'base64url');
  for (let i = 0; i < bytes.length; i += 1) {
    const changed = Buffer.from(bytes);
    changed[i] ^= 1;
    expect(() => vault.open('totp', `v1.${changed.toString('base64url')}`)).toThrow();
  }
});

test('marks depend on key, purpose and text', () => {
  expect(vault.mac('a', 'x')).toBe(vault.mac('a', 'x'));
  expect(new Set([vault.mac('a', 'x'), vault.mac('b', 'x'), vault.mac('a', 'y')]).size).toBe(3);
  expect(createVault(randomBytes(32)).mac('a', 'x')).not.toBe(vault.mac('a', 'x'));
});
