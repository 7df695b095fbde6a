import { spawn, spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const main = fileURLToPath(new URL('../../src/cli/main.ts', import.meta.url));

test('the real process: exit codes and streams', () => {
  const version = spawnSync(process.execPath, [main, 'version'], { encoding: 'utf8' });
  expect(version).toMatchObject({ status: 0, stderr: '' });
  const usage = spawnSync(process.execPath, [main, 'scan'], { encoding: 'utf8' });
  expect(usage).toMatchObject({ status: 3, stdout: '' });
});

test('help answers at once: no engine, no rules, no decoder is loaded for it', () => {
  const loaded = spawnSync(
    process.execPath,
    [
      '--import',
      `data:text/javascript,import { registerHooks } from 'node:module'; registerHooks({ load(url, context, next) { if (url.startsWith('file:')) process.stderr.write(url + '\\n'); return next(url, context); } });`,
      main,
      'scan',
      '--help',
    ],
    { encoding: 'utf8' },
  );
  expect(loaded.status).toBe(0);
  expect(loaded.stderr).toContain('/cli/program.ts');
  expect(loaded.stderr).not.toMatch(/\/(telemetry|registry)\/|\/detection\/(?!index)|packages\/(evtx|sigma)\//);
});

test('a reader that goes away ends it quietly', async () => {
  const child = spawn(process.execPath, [main, '--help'], { stdio: ['ignore', 'pipe', 'pipe'] });
  child.stdout.destroy();
  let said = '';
  child.stderr.on('data', (data) => {
    said += data;
  });
  await new Promise((done) => child.on('exit', done));
  expect(said).toBe('');
});
