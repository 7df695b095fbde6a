import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';

test('a program whose event store can’t start is told so, and ends', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'chaperone-no-chdb-'));
  const client = new URL('../../../src/storage/events/chdb-client.ts', import.meta.url).href;
  const program = `import { ChdbClient } from '${client}';
    process.env.NODE_OPTIONS = '--require=/there/is/no/such/module.cjs';
    await ChdbClient.open(process.argv[1]).catch((error) => console.log(error.message));`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', program, folder], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let said = '';
  child.stdout.setEncoding('utf8').on('data', (text) => {
    said += text;
  });
  const late = setTimeout(() => child.kill('SIGKILL'), 60_000);
  const signal = await new Promise((ended) => child.once('close', (_, by) => ended(by)));
  clearTimeout(late);
  rmSync(folder, { recursive: true, force: true });
  expect(said).toContain('ended at its start');
  expect(signal).toBeNull();
}, 90_000);
