import { mkdtempSync, rmSync } from 'node:fs';
import { request } from 'node:https';
import { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect, type TLSSocket } from 'node:tls';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { selfSigned } from '../../../src/service/tls/self-signed.ts';
import type { TlsMaterial } from '../../../src/telemetry/index.ts';
import { type TestCertificate, testAuthority } from '../../../testkit/certificates.ts';
import { type Listening, listening, until } from '../../../testkit/listening.ts';

let folder: string;
let server: { readonly cert: string; readonly key: string };
let house: Awaited<ReturnType<typeof testAuthority>>;
let own: TestCertificate;
let foreign: TestCertificate;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'chaperone-certificates-'));
  server = await selfSigned(folder, ['localhost', '127.0.0.1']);
  house = await testAuthority();
  own = await house.sign('firewall.clinic.example');
  foreign = await (await testAuthority()).sign('firewall.clinic.example');
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Resolves when a connection is gone, however it came to that. */
async function closed(socket: Socket): Promise<void> {
  if (!socket.closed) await new Promise<void>((resolve) => socket.once('close', () => resolve()));
}

/** Connects and sends one record. @returns whether it was let in */
async function sends(
  here: Listening,
  kind: 'syslog-tls' | 'relp-tls',
  certificate?: TestCertificate,
): Promise<TLSSocket> {
  const socket = connect({
    port: here.port(kind),
    host: '127.0.0.1',
    ca: server.cert,
    ...(certificate === undefined ? {} : { cert: certificate.cert, key: certificate.key }),
  });
  socket.on('error', () => {});
  socket.resume();
  await new Promise<void>((resolve) => socket.once('secureConnect', () => resolve()).once('close', () => resolve()));
  socket.write(kind === 'syslog-tls' ? '<1>over TLS\n' : '1 open 0\n2 syslog 11 <1>over TLS\n');
  return socket;
}

describe.each(['syslog-tls', 'relp-tls'] as const)('%s', (kind) => {
  const open = async (more: Partial<TlsMaterial>) =>
    listening({ ...server, clientCertificate: 'optional', ...more } as TlsMaterial);

  test('where a certificate of the house is required, no other gets in', async () => {
    const here = await open({ ca: house.cert, clientCertificate: 'required' });
    here.certificate = own.fingerprint;
    here.unbound = true;
    for (const refused of [undefined, foreign]) {
      const socket = await sends(here, kind, refused);
      await closed(socket);
    }
    expect(here.kept.texts()).toEqual([]);
    expect(here.refused).toEqual([`${kind}: tls`, `${kind}: tls`]);
    const socket = await sends(here, kind, own);
    await until(() => here.kept.texts().length === 1);
    socket.destroy();
    await here.close();
  });

  test('a certificate that nobody bound is none, and the address decides', async () => {
    const here = await open({});
    here.certificate = own.fingerprint;
    const stranger = await sends(here, kind, foreign);
    await until(() => here.kept.texts().length === 1);
    here.unbound = true;
    const again = await sends(here, kind, foreign);
    await closed(again);
    const known = await sends(here, kind, own);
    await until(() => here.kept.texts().length === 2);
    for (const socket of [stranger, known]) socket.destroy();
    expect(here.refused.at(-1)).toBe(`${kind}: unknown_sender`);
    await here.close();
  });

  test('a certificate that is unbound while its connection stands is heard no more', async () => {
    const here = await open({});
    here.certificate = own.fingerprint;
    here.unbound = true;
    const socket = await sends(here, kind, own);
    await until(() => here.kept.texts().length === 1);
    here.certificate = undefined;
    socket.write(kind === 'syslog-tls' ? '<1>again\n' : '3 syslog 8 <1>again\n');
    await closed(socket);
    expect(here.kept.texts()).toHaveLength(1);
    await here.close();
  });

  test('who speaks no TLS, or an old one, is turned away and the next one served', async () => {
    const here = await open({});
    const plain = new Socket().connect(here.port(kind), '127.0.0.1');
    plain.on('error', () => {});
    plain.resume();
    plain.write('<1>plain\n');
    await closed(plain);
    const old = connect({
      port: here.port(kind),
      host: '127.0.0.1',
      ca: server.cert,
      maxVersion: 'TLSv1.1',
      minVersion: 'TLSv1',
    });
    old.on('error', () => {});
    await closed(old);
    expect(here.refused).toContain(`${kind}: tls`);
    const socket = await sends(here, kind);
    await until(() => here.kept.texts().length === 1);
    socket.destroy();
    await here.close();
  });
});

test('HTTP takes a certificate in the place of a token, but no certificate that nobody bound', async () => {
  const here = await listening({ ...server, clientCertificate: 'optional' }, { https: true });
  here.certificate = own.fingerprint;
  const post = async (certificate?: TestCertificate) => {
    const { promise, resolve, reject } = Promise.withResolvers<number | undefined>();
    request(
      {
        host: '127.0.0.1',
        port: here.port('http'),
        path: '/ndjson',
        method: 'POST',
        ca: server.cert,
        agent: false,
        ...(certificate === undefined ? {} : { cert: certificate.cert, key: certificate.key }),
      },
      (response) => resolve(response.resume().statusCode),
    )
      .on('error', reject)
      .end('{"a":1}');
    return promise;
  };
  expect([await post(), await post(foreign), await post(own)]).toEqual([401, 401, 200]);
  expect(here.kept.texts()).toEqual(['{"a":1}']);
  await here.close();
});
