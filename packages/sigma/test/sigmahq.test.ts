import { describe, expect, it } from 'vitest';
import { loadDirectory, loadRules, type Node } from '../src/index.ts';
import { lint } from '../src/lint/lint.ts';
import { corpusFolder } from './corpus.ts';

const folder = corpusFolder('sigma-rules');

describe.skipIf(folder === undefined)('all rules of SigmaHQ', async () => {
  const { sources, unread } = await loadDirectory(folder ?? '.');
  const set = loadRules(sources);

  it('are read', () => {
    expect(unread).toEqual([]);
    expect(sources).toHaveLength(3757);
    expect(set.rules.length + set.refused.length).toBe(3757);
  });

  it('load, but for those that wait for a placeholder', () => {
    expect(set.refused.map(({ code }) => code)).toEqual(['placeholder-unresolved', 'placeholder-unresolved']);
    expect(set.refused.every(({ message, line }) => message.includes('%known_cdcs%') && line > 1)).toBe(true);
    const filled = loadRules(sources, { placeholders: { known_cdcs: ['dc1'] } });
    expect(filled.refused).toEqual([]);
    expect(filled.rules).toHaveLength(3757);
  });

  it('load without a warning', () => {
    expect(set.warnings).toEqual([]);
  });

  it('are frozen, and every item knows its line', () => {
    const texts = new Map(sources.map(({ file, text }) => [file, text.split('\n')]));
    let items = 0;
    const visit = (node: Node, file: string): void => {
      expect(Object.isFrozen(node)).toBe(true);
      if (node.kind === 'all' || node.kind === 'any') for (const one of node.of) visit(one, file);
      else if (node.kind === 'not') visit(node.of, file);
      else if (items++ % 25 === 0) {
        const line = texts.get(file)?.[node.span.line - 1] ?? '';
        // escapes and folded texts are spelled otherwise in the file
        if (/^[\w .\\:/-]+$/.test(node.written)) expect(line.replaceAll("''", "'")).toContain(node.written);
      }
    };
    for (const rule of set.rules) for (const selection of rule.selections.values()) visit(selection, rule.file);
    expect(items).toBeGreaterThan(30_000);
  });

  it('give these findings of the linter', () => {
    const counts: Record<string, number> = {};
    for (const source of sources) for (const { code } of lint(source)) counts[code] = (counts[code] ?? 0) + 1;
    expect(counts).toEqual({ 'wildcard-modifier': 38, 'placeholder-unbound': 2, 'regex-plain': 6, 'value-space': 7 });
  });
});
