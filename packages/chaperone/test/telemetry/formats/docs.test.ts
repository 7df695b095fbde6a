import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { NORMAL_PATHS } from '../../../src/telemetry/formats/csv/normal-paths.ts';
import { csvFormat, formats, loadCsvMapping } from '../../../src/telemetry/formats/index.ts';

const page = readFileSync(
  join(dirname(fileURLToPath(import.meta.url)), '../../../../../docs/formats/non-windows.md'),
  'utf8',
);

it('the page names every format and every normal attribute', () => {
  const names = [...formats.map((format) => format.name), ...NORMAL_PATHS];
  expect(names.filter((name) => !page.includes(`\`${name}\``))).toEqual([]);
});

it('the mapping on the page is one', () => {
  const example = /```yaml\n(.*?)```/s.exec(page)?.[1] ?? '';
  const loaded = loadCsvMapping(example, 'example.yaml');
  expect(loaded.problems).toEqual([]);
  expect('mapping' in loaded && csvFormat(loaded.mapping).name).toBe('ehr-audit');
});
