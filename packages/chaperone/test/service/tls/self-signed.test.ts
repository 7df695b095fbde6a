import { mkdtempSync, rmSync, statSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect, createServer } from 'node:tls';
import { afterAll, expect, test } from 'vitest';
import { fingerprint, selfSigned } from '../../../src/service/tls/self-signed.ts';

const folder = mkdtempSync(join(tmpdir(), 'chaperone-tls-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('a client that trusts the certificate reaches the service under each of its names', async () => {
  const pair = await selfSigned(folder, ['localhost', '127.0.0.1']);
  const server = createServer(pair, (socket) => socket.end('hello'));
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const { port } = server.address() as AddressInfo;
  try {
    for (const host of ['localhost', '127.0.0.1']) {
      const said = await new Promise<string>((resolve, reject) => {
        const socket = connect({
          host: '127.0.0.1',
          port,
          ca: pair.cert,
          ...(host === 'localhost' ? { servername: host } : {}),
        });
        socket.on('data', (data) => resolve(String(data))).on('error', reject);
      });
      expect(said).toBe('hello');
    }
  } finally {
    server.close();
  }
});

test('it is kept, its key for the owner alone, until a name is missing or its end is near', async () => {
  const first = await selfSigned(folder, ['localhost', '127.0.0.1']);
  expect(await selfSigned(folder, ['localhost'])).toEqual(first);
  expect(statSync(join(folder, 'self-signed.key')).mode & 0o777).toBe(0o600);
  const named = await selfSigned(folder, ['localhost', 'logs.clinic.example']);
  expect(named.cert).not.toBe(first.cert);
  const later = await selfSigned(folder, ['localhost'], Date.now() + 800 * 86_400_000);
  expect(later.cert).not.toBe(named.cert);
  expect(await fingerprint(later.cert)).toMatch(/^([0-9A-F]{2}:){31}[0-9A-F]{2}$/);
});
