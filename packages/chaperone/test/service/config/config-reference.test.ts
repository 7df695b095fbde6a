import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { configReference } from '../../../src/service/config/config-reference.ts';

const page = fileURLToPath(new URL('../../../../../docs/service.md', import.meta.url));
const block = /(<!-- settings: begin -->\n)[\s\S]*?(<!-- settings: end -->)/;

test('docs/service.md lists the settings that the program reads (UPDATE_DOCS=1 writes them)', () => {
  const text = readFileSync(page, 'utf8');
  const expected = text.replace(block, (_, begin, end) => `${begin}\n${configReference()}\n\n${end}`);
  if (process.env.UPDATE_DOCS === '1') writeFileSync(page, expected);
  expect(readFileSync(page, 'utf8')).toBe(expected);
  for (const setting of ['http.port', 'state.url', 'retention_days', 'listeners[].port'])
    expect(expected).toContain(`| \`${setting}\` |`);
});
