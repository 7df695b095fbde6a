import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { ConfigError } from '../../../src/service/config/config-error.ts';
import { loadConfig } from '../../../src/service/config/load-config.ts';

const folder = mkdtempSync(join(tmpdir(), 'chaperone-config-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function load(text: string, env: Record<string, string> = {}) {
  writeFileSync(join(folder, 'serve.yaml'), text);
  return loadConfig('serve.yaml', env, folder);
}

function problems(text: string) {
  try {
    load(text);
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
  throw new Error('nothing was wrong with it');
}

test('no file at all is the service of npm start, on loopback, with stores of its own', () => {
  const config = loadConfig(undefined, {}, folder);
  expect(config).toMatchObject({
    data: join(folder, 'chaperone-data'),
    http: { host: '127.0.0.1', port: 7780 },
    workers: 1,
  });
  expect(config.state).toBeUndefined();
  expect(config.events).toBeUndefined();
});

test('an empty file is the same as none', () => {
  expect(load('')).toEqual(loadConfig(undefined, {}, folder));
});

test('paths are taken from the file, not from where the command was given', () => {
  const config = load('data: data\nrules: [sigma/rules, /opt/rules]\n');
  expect(config.data).toBe(join(folder, 'data'));
  expect(config.rules).toEqual([join(folder, 'sigma/rules'), '/opt/rules']);
});

test('passwords may come from the environment, which stands above the file', () => {
  const config = load('events: { url: "http://old:8123", user: chaperone }\n', {
    CHAPERONE_DATA: '/var/lib/chaperone',
    CHAPERONE_STATE_URL: 'postgres://chaperone@db/chaperone',
    CHAPERONE_EVENTS_URL: 'http://new:8123',
    CHAPERONE_EVENTS_PASSWORD: 'secret',
  });
  expect(config.data).toBe('/var/lib/chaperone');
  expect(config.state).toEqual({ url: 'postgres://chaperone@db/chaperone' });
  expect(config.events).toEqual({ url: 'http://new:8123', user: 'chaperone', password: 'secret' });
});

test('every mistake is told with its line and setting', () => {
  const found = problems('zone: Berlin\nhttp:\n  port: 99999\n  hots: x\nworkers: 0\n');
  expect(found.map(({ line, setting }) => [line, setting])).toEqual(
    expect.arrayContaining([
      [1, 'zone'],
      [3, 'http.port'],
      [4, 'http.hots'],
      [5, 'workers'],
    ]),
  );
  for (const { file, mend } of found)
    expect([file, mend]).toEqual(['serve.yaml', expect.stringContaining('docs/service.md')]);
});

test('YAML that breaks off says where', () => {
  expect(problems('http: {\n  port: 1\n')[0]).toMatchObject({
    file: 'serve.yaml',
    line: expect.any(Number),
    setting: '',
  });
});

test('a file that is not there says so', () => {
  expect(() => loadConfig('none.yaml', {}, folder)).toThrow(/none\.yaml: can't be read: no such file/);
});
