import { createSocket, type Socket } from 'node:dgram';
import { readFileSync } from 'node:fs';
import type { Intake, ListenerMeter, Route, Router } from '../intake.ts';
import { Batcher } from './batcher.ts';
import { deliverOnce } from './deliver.ts';

const GATHER = 50;
const MOST_BYTES = 4 << 20;
/** Kernel's buffer, asked for; what it grants may be less. */
const KERNEL = 16 << 20;
/** What waits at most; datagrams can't be held back, so what is beyond is counted as refused. */
const MOST_WAITING = 64 << 20;

/** Syslog over UDP (RFC 5426): a record a datagram. UDP can't wait: what doesn't fit is lost, and counted. */
export function syslogUdp(
  name: string,
  deps: { readonly intake: Intake; readonly router: Router; readonly meter: ListenerMeter },
): { socket: Socket; close(): Promise<void> } {
  const { intake, router, meter } = deps;
  const socket = createSocket({ type: 'udp4', recvBufferSize: KERNEL });
  const waiting = new Map<string, { route: Route; batch: Batcher; timer: NodeJS.Timeout }>();
  let bytes = 0;
  let closing = false;
  const hand = async (key: string) => {
    const held = waiting.get(key);
    if (held === undefined) return;
    waiting.delete(key);
    clearTimeout(held.timer);
    const records = held.batch.take();
    const { organization, source } = held.route;
    try {
      const stored = await deliverOnce(
        intake,
        { organization, source, records, received: Date.now() * 1000, delivery: 'once', listener: name },
        () => closing,
      );
      if (!stored) meter.refused(name, organization, 'not_stored', records.ends.length);
    } catch {
      meter.refused(name, organization, 'fault', records.ends.length);
    } finally {
      bytes -= records.bytes.length;
    }
  };
  socket.on('message', (message, { address }) => {
    const route = router.byAddress(address, name);
    if (route === undefined) return meter.refused(name, undefined, 'unknown_sender', 1);
    const record = message.at(-1) === 0x0a ? message.subarray(0, -1) : message;
    if (record.length === 0) return;
    if (bytes + record.length > MOST_WAITING) return meter.refused(name, route.organization, 'busy', 1);
    bytes += record.length;
    const key = `${route.organization}/${route.source}`;
    let held = waiting.get(key);
    if (held === undefined) {
      held = { route, batch: new Batcher(), timer: setTimeout(() => void hand(key), GATHER) };
      waiting.set(key, held);
    }
    held.batch.add(record);
    meter.received(name, route.organization, 1, record.length);
    if (held.batch.size >= MOST_BYTES) void hand(key);
  });
  let dropped = 0;
  const watch = setInterval(() => {
    const now = kernelDrops(socket);
    if (now > dropped) meter.refused(name, undefined, 'kernel_drop', now - dropped);
    dropped = Math.max(dropped, now);
  }, 5_000);
  return {
    socket,
    async close() {
      closing = true;
      clearInterval(watch);
      await new Promise<void>((closed) => socket.close(() => closed()));
      await Promise.all([...waiting.keys()].map(hand));
    },
  };
}

/** Datagrams that the kernel had no room for, by /proc/net/udp; 0 where that can't be told. */
function kernelDrops(socket: Socket): number {
  try {
    const port = socket.address().port.toString(16).toUpperCase().padStart(4, '0');
    for (const line of readFileSync('/proc/net/udp', 'utf8').split('\n')) {
      const parts = line.trim().split(/\s+/);
      if (parts[1]?.endsWith(`:${port}`)) return Number(parts.at(-1)) || 0;
    }
  } catch {
    // no such file on this system, or the socket is closed
  }
  return 0;
}
