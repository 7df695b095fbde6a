import type { AddressInfo } from 'node:net';
import { httpIntake } from './http/http-intake.ts';
import type { ListenerConfig } from './listener-config.ts';
import { relpServer } from './relp.ts';
import type { StreamDeps } from './stream-server.ts';
import { syslogServer } from './syslog-stream.ts';
import { syslogUdp } from './syslog-udp.ts';
import type { TlsMaterial } from './tls-material.ts';

export interface RunningListener {
  readonly name: string;
  readonly kind: ListenerConfig['kind'];
  readonly host: string;
  readonly port: number;
  readonly tls: boolean;
}

export interface Listeners {
  readonly running: readonly RunningListener[];
  close(): Promise<void>;
}

/**
 * Opens all listeners, or none. `material` gives what a listener's TLS needs.
 *
 * @throws Error that names the listener and why it could not be opened
 */
export async function startListeners(
  configs: readonly ListenerConfig[],
  material: (config: ListenerConfig) => Promise<TlsMaterial | undefined>,
  deps: StreamDeps,
): Promise<Listeners> {
  const running: RunningListener[] = [];
  const closers: (() => Promise<void>)[] = [];
  try {
    for (const config of configs) {
      const { name, kind, host, port } = config;
      const tls = await material(config);
      if (kind === 'syslog-udp') {
        const { socket, close } = syslogUdp(name, deps);
        closers.push(close);
        await new Promise<void>((resolve, reject) => socket.once('error', reject).bind(port, host, () => resolve()));
        running.push({ name, kind, host, port: socket.address().port, tls: false });
        continue;
      }
      const { server, close } =
        kind === 'http'
          ? httpIntake(name, tls, deps)
          : kind.startsWith('relp')
            ? relpServer(name, tls, deps)
            : syslogServer(name, tls, deps);
      await new Promise<void>((resolve, reject) => server.once('error', reject).listen(port, host, () => resolve()));
      closers.push(close);
      running.push({ name, kind, host, port: (server.address() as AddressInfo).port, tls: tls !== undefined });
    }
  } catch (error) {
    await Promise.all(closers.map((close) => close().catch(() => {})));
    const { code } = error as NodeJS.ErrnoException;
    const failed = configs[running.length];
    const why =
      code === 'EADDRINUSE'
        ? 'another program has this port'
        : code === 'EACCES'
          ? 'ports below 1024 need more rights'
          : String(error);
    throw new Error(`The listener ${failed?.name} can't be opened on ${failed?.host}:${failed?.port}: ${why}.`, {
      cause: error,
    });
  }
  return { running, close: async () => void (await Promise.all(closers.map((close) => close()))) };
}
