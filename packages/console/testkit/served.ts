import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export interface Served {
  readonly url: string;
  readonly setupLink: string;
  close(): Promise<void>;
}

const main = fileURLToPath(new URL('../../chaperone/src/cli/main.ts', import.meta.url));

/**
 * The real `chaperone serve` with stores of its own, on ports of its own; the built console must lie in dist/. With `port` it is known under
 * `http://localhost:PORT`, as sign-in by a provider and passkeys need it.
 */
export async function serve(port = 0): Promise<Served> {
  const folder = mkdtempSync(join(tmpdir(), 'chaperone-console-'));
  const config = join(folder, 'chaperone-service.yaml');
  writeFileSync(
    config,
    [
      'data: data',
      `http: { port: ${port} }`,
      'listeners:',
      '  - { name: http, kind: http, port: 0 }',
      '  - { name: syslog, kind: syslog, port: 0 }',
    ].join('\n'),
  );
  const child = spawn(process.execPath, [main, 'serve', '--config', config], {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  let said = '';
  const links = await new Promise<readonly [string, string]>((resolve, reject) => {
    const hear = (part: Buffer) => {
      said += part.toString();
      const url = /Console: (\S+)/.exec(said)?.[1];
      const link = /(\S+#\/setup\?token=\S+)\s/.exec(said)?.[1];
      if (url !== undefined && link !== undefined) resolve([url, link]);
    };
    child.stdout.on('data', hear);
    child.stderr.on('data', hear);
    void ended.then(() => reject(new Error(`The service ended: ${said}`)));
  });
  return {
    url: links[0],
    setupLink: links[1],
    close: async () => {
      child.kill('SIGTERM');
      await ended;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** A port that nobody has at this moment. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
