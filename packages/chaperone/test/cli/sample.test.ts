import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { run } from '../../src/cli/run.ts';
import { memoryIo } from '../../testkit/memory-io.ts';

test('sample makes the sample case, finds the intrusion, names provider and account, and leaves a report', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'chaperone-start-'));
  try {
    const io = memoryIo({ cwd: folder });
    expect(await run(['sample'], io), io.err()).toBe(0);
    const report = join(folder, 'chaperone-sample', 'report');
    const summary = JSON.parse(await readFile(join(report, 'summary.json'), 'utf8'));
    expect(summary.verdict.state).toBe('compromise_likely');
    expect(summary.files.unread).toEqual([]);
    const { provider } = summary.findings.by_provider[0];
    expect(io.out()).toContain(provider);
    expect(io.out()).toContain(join(report, 'report.html'));
    expect(io.out()).not.toContain('Exit code');
    const page = await readFile(join(report, 'report.html'), 'utf8');
    expect(page).toContain(provider);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});
