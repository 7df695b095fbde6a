import { Busy, type ListenerConfig, listenerSchema, startListeners, type TlsMaterial } from '../src/telemetry/index.ts';
import { type KeptIntake, keptIntake } from './sources/kept-intake.ts';

/** The token that the listeners of a test know. */
export const TOKEN = 'chi_listening';
/** And that of another source. */
export const OTHER_TOKEN = 'chi_second';

export interface Listening {
  readonly kept: KeptIntake;
  readonly refused: string[];
  /** what the intake says to everything until it is changed */
  trouble: 'none' | 'busy' | 'gone';
  /** deliveries that were turned down by `trouble` */
  turnedDown: number;
  /** fingerprint of the client certificate that is known */
  certificate: string | undefined;
  /** nobody is known by address any more */
  unbound: boolean;
  /** senders are known by their address on HTTP, too */
  bound: boolean;
  port(kind: ListenerConfig['kind']): number;
  close(): Promise<void>;
}

/** All listeners on free ports of loopback, before an intake that keeps what it is given and can be put into trouble. */
export async function listening(
  tls: TlsMaterial | undefined,
  more: { readonly unfinished?: number; readonly https?: boolean } = {},
): Promise<Listening> {
  const kept = keptIntake();
  const refused: string[] = [];
  const route = { organization: 'o', source: 's' };
  const kinds: ListenerConfig['kind'][] = ['http', 'syslog', 'syslog-udp', 'relp'];
  if (tls !== undefined) kinds.push('syslog-tls', 'relp-tls');
  const listeners = await startListeners(
    kinds.map((kind) => listenerSchema.parse({ name: kind, kind, port: 0 })),
    async ({ kind }) => (kind.endsWith('-tls') || (kind === 'http' && more.https === true) ? tls : undefined),
    {
      ...more,
      meter: { received: () => {}, refused: (listener, _, reason) => void refused.push(`${listener}: ${reason}`) },
      router: {
        byToken: (token) =>
          token === TOKEN ? route : token === OTHER_TOKEN ? { ...route, source: 'other' } : undefined,
        byCertificate: (fingerprint) => (fingerprint === here.certificate ? route : undefined),
        byAddress: (_, listener) => (here.unbound || (listener === 'http' && !here.bound) ? undefined : route),
      },
      intake: {
        room: 1_000_000,
        whenRoom: async () => {},
        async accept(delivery) {
          if (here.trouble !== 'none') here.turnedDown += 1;
          if (here.trouble === 'busy') throw new Busy('Too much waits.');
          if (here.trouble === 'gone') throw Object.assign(new Error('The event store is gone.'), { retryAfter: 1 });
          const { records } = delivery;
          // Their memory is the listener's again when this is answered.
          return kept.accept({ ...delivery, records: { ...records, bytes: records.bytes.slice() } });
        },
      },
    },
  );
  const here: Listening = {
    kept,
    refused,
    trouble: 'none',
    turnedDown: 0,
    certificate: undefined,
    unbound: false,
    bound: false,
    port: (kind) => listeners.running.find((one) => one.kind === kind)!.port,
    close: () => listeners.close(),
  };
  return here;
}

/** Waits until `ready`, at most `seconds`. */
export async function until(ready: () => boolean, seconds = 30): Promise<void> {
  const end = Date.now() + seconds * 1000;
  while (!ready()) {
    if (Date.now() > end) throw new Error(`It did not come about within ${seconds} s.`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
