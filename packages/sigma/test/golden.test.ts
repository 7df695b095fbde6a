import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { CODES, lint, loadRules, type Refusal, renderRefusal } from '../src/index.ts';

/** What each sample is told: `name.yml` against `name.txt`. `UPDATE_GOLDEN=1` writes the texts anew. */
const root = join(import.meta.dirname, 'golden');

function golden(folder: string, check: (file: string, text: string) => readonly Refusal[]): void {
  const names = readdirSync(join(root, folder)).filter((name) => name.endsWith('.yml'));
  it.each(names)('%s', (name) => {
    const text = readFileSync(join(root, folder, name), 'utf8');
    const found = `${check(name, text)
      .map((one) => renderRefusal(one, text))
      .join('\n\n')}\n`;
    const path = join(root, folder, name.replace(/\.yml$/, '.txt'));
    if (process.env.UPDATE_GOLDEN === '1') writeFileSync(path, found);
    expect(found).toBe(existsSync(path) ? readFileSync(path, 'utf8') : '');
  });
}

describe('refusals', () => {
  golden('refused', (file, text) => {
    const { refused } = loadRules([{ file, text }]);
    // every sample is refused, with a code of the list and a place inside the text
    expect(refused.length).toBeGreaterThan(0);
    for (const { code, line, column } of refused) {
      expect(CODES).toHaveProperty(code);
      expect(column).toBeLessThanOrEqual((text.split('\n')[line - 1]?.length ?? 0) + 1);
    }
    return refused;
  });
});

describe('lint', () => {
  golden('lint', (file, text) => lint({ file, text }));
});
