import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { loadConfig } from '../../src/service/config/load-config.ts';

const deploy = join(import.meta.dirname, '../../../../deploy');
const compose = parse(readFileSync(join(deploy, 'compose.yaml'), 'utf8'));

test('the configuration of the containers loads', () => {
  const config = loadConfig(join(deploy, 'serve.yaml'), compose.services.chaperone.environment, deploy);
  expect(config.state?.url).toContain('@postgres:5432/');
  expect(config.events).toMatchObject({ url: 'http://clickhouse:8123', user: 'chaperone' });
});

test('every port that the containers listen on is published, and the console on loopback alone', () => {
  const config = loadConfig(join(deploy, 'serve.yaml'), {}, deploy);
  const published: string[] = compose.services.chaperone.ports;
  for (const { port } of config.listeners ?? [])
    expect(published.some((one) => one.includes(`${port}:${port}`))).toBe(true);
  expect(published).toContain(`127.0.0.1:${config.http.port}:${config.http.port}`);
});

test('the stores are waited for, and every volume and password is declared', () => {
  const { chaperone, postgres, clickhouse } = compose.services;
  expect(Object.keys(chaperone.depends_on)).toEqual(['postgres', 'clickhouse']);
  for (const service of [postgres, clickhouse]) expect(service.healthcheck.test.length).toBeGreaterThan(1);
  const volumes = [chaperone, postgres, clickhouse].flatMap(({ volumes }) =>
    volumes.map((one: string) => one.split(':')[0]),
  );
  for (const volume of volumes.filter((one) => !one.startsWith('.'))) expect(compose.volumes).toHaveProperty(volume);
  expect(chaperone.environment.CHAPERONE_STATE_URL).toContain('CHAPERONE_POSTGRES_PASSWORD');
});

test('the unit starts what the package starts, as nobody special', () => {
  const unit = readFileSync(join(deploy, 'chaperone.service'), 'utf8');
  expect(unit).toMatch(/^ExecStart=\S+node .* packages\/chaperone\/src\/cli\/main\.ts serve --config /m);
  for (const line of ['NoNewPrivileges=true', 'ProtectSystem=strict', 'User=chaperone', 'Restart=on-failure'])
    expect(unit).toContain(line);
});
