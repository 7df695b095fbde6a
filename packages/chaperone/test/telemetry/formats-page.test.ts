import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { allFormats } from '../../src/telemetry/index.ts';
import { formatsPage } from '../../testkit/formats-page.ts';

const page = join(dirname(fileURLToPath(import.meta.url)), '../../../../docs/formats.md');

it('docs/formats.md says what the code does (UPDATE=1 writes it)', () => {
  if (process.env.UPDATE === '1') {
    mkdirSync(dirname(page), { recursive: true });
    writeFileSync(page, formatsPage());
  }
  expect(readFileSync(page, 'utf8')).toBe(formatsPage());
});

it('formats have names of their own', () => {
  const names = allFormats.map((format) => format.name);
  expect(new Set(names).size).toBe(names.length);
  for (const name of names) expect(name).toMatch(/^[a-z0-9]+(?:-[a-z0-9]+)*$/);
});
