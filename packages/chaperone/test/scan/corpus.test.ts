import { join } from 'node:path';
import { expect, it } from 'vitest';
import { corpus, describeCorpus } from '../telemetry/corpus.ts';
import { command, folder, left } from './case.ts';

describeCorpus('the issue’s command', () => {
  it('reads all 277 attack samples and accounts for every record', () => {
    const root = folder();
    const samples = join(corpus, 'evtx-attack-samples');
    const ran = command(root, ['scan', samples, '--rules', join(corpus, 'sigma-rules'), '--out', 'out']);
    expect(ran.code, ran.err).toBe(1);
    const { summary, findings } = left(join(root, 'out'));
    expect(summary.files.read).toBe(277);
    expect(summary.records).toMatchObject({ read: 8255, unread: 0, untimed: 0, outside: 0 });
    // The licence beside the logs is no log, and is told.
    expect(summary.files.unread).toMatchObject([{ file: join(samples, 'LICENSE.GPL'), code: 'format_unknown' }]);
    expect(summary.coverage.sources.reduce((sum, { events }) => sum + events, 0)).toBe(8255);
    const { by_level, by_rule, by_provider, total } = summary.findings;
    expect(total).toBeGreaterThan(2500);
    for (const counts of [
      Object.values(by_level),
      by_rule.map(({ count }) => count),
      by_provider.map(({ count }) => count),
    ])
      expect(counts.reduce((sum, count) => sum + count, 0)).toBe(total);
    // Rules that cannot run are few, and each says why.
    expect(summary.rules.loaded).toBeGreaterThan(3900);
    expect(summary.rules.refused.length).toBeLessThan(5);
    for (const { why, time } of findings) {
      expect(time).not.toBeNull();
      expect(why).toMatch(/ (at|between) \d\d:\d\d:\d\d .*\(UTC\)/);
    }
  });
});
