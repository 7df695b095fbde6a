import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { examine } from '../../src/cli/commands/doctor.ts';
import { run } from '../../src/cli/run.ts';
import { memoryIo } from '../../testkit/memory-io.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'chaperone-cli-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function chaperone(...argv: string[]) {
  const io = memoryIo({ cwd: folder });
  const code = await run(argv, io);
  return { code, out: io.out(), err: io.err() };
}

test('registry check: sound', async () => {
  await writeFile(
    join(folder, 'chaperone.yaml'),
    'organization: {name: Clinic Sonnenberg, zone: Europe/Zurich}\nproviders: []\n',
  );
  const { code, out } = await chaperone('registry', 'check', 'chaperone.yaml');
  expect(out).toContain('Clinic Sonnenberg: 0 providers, 0 accounts.');
  expect(out).toContain('The registry is sound.');
  expect(code).toBe(0);
});

test('registry check: each mistake at its line with its mend', async () => {
  await writeFile(
    join(folder, 'chaperone.yaml'),
    'organization:\n  name: C\n  zone: Mars/Olympus\nproviders:\n  - name: N\n    bogus: 1\n',
  );
  const { code, out } = await chaperone('registry', 'check', 'chaperone.yaml');
  expect(out).toContain('error[REGISTRY_ZONE]');
  expect(out).toContain('--> chaperone.yaml:3:9');
  expect(out).toMatch(/3 \| {3}zone: Mars\/Olympus\n.*\| {9}\^/);
  expect(out).toContain('Set aside until it is mended');
  expect(code).toBe(1);
  const data = JSON.parse((await chaperone('registry', 'check', 'chaperone.yaml', '--json')).out);
  expect(data).toMatchObject({ usable: false });
});

test('registry check: a missing file is said, not thrown', async () => {
  expect(await chaperone('registry', 'check', 'gone.yaml')).toMatchObject({
    code: 1,
    out: expect.stringContaining('gone.yaml'),
  });
});

test('doctor: this machine can scan, and everything that is less says how to mend it', async () => {
  const { code, out } = await chaperone('doctor');
  expect(out).toContain('A scan can run here.');
  expect(code).toBe(0);
  for (const check of await examine(folder, {})) if (check.state !== 'ok') expect(check.mend, check.name).toBeDefined();
});

test('doctor: a folder that is not there is missing, with a mend, and exit code 1', async () => {
  const { code, out } = await chaperone('doctor', '--out', 'gone/deep', '--json');
  const checks = JSON.parse(out) as { name: string; state: string; mend?: string }[];
  expect(checks.find(({ name }) => name === 'Report folder')).toMatchObject({
    state: 'missing',
    mend: expect.any(String),
  });
  expect(code).toBe(1);
});
