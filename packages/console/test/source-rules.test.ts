import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

const root = fileURLToPath(new URL('../src', import.meta.url));
const files = readdirSync(root, { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile() && /\.tsx?$/.test(entry.name))
  .map((entry) => join(entry.parentPath, entry.name));

it('turns no text into markup or code anywhere', () => {
  const forbidden =
    /dangerouslySetInnerHTML|innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function/;
  const guilty = files.filter((file) => forbidden.test(readFileSync(file, 'utf8')));
  expect(files.length).toBeGreaterThan(80);
  expect(guilty).toEqual([]);
});

it('keeps files small', () => {
  const long = files.filter(
    (file) => readFileSync(file, 'utf8').split('\n').length > 250 && !file.endsWith('model.ts'),
  );
  expect(long).toEqual([]);
});
