/** The thread in which engines run: one for each organisation that was given to it. */
import { isUtf8 } from 'node:buffer';
import { parentPort } from 'node:worker_threads';
import { LiveEngine, maskWith } from '../../detection/index.ts';
import type { EngineBatch, FromEngine, ToEngine } from './engine-protocol.ts';

const engines = new Map<string, LiveEngine>();
const port = parentPort!;

port.on('message', (message: ToEngine) => {
  try {
    hear(message);
  } catch (error) {
    if ('id' in message)
      say({ id: message.id, error: error instanceof Error ? (error.stack ?? error.message) : String(error) });
  }
});

function hear(message: ToEngine): void {
  switch (message.kind) {
    case 'setup':
      engines.set(message.setup.organization, new LiveEngine(message.setup, maskWith(message.maskKey)));
      say({ id: message.id, done: true });
      break;
    case 'exceptions':
      engines.get(message.organization)?.except(message.exceptions);
      break;
    case 'judge': {
      const { batch } = message;
      const judged = engineOf(batch.organization).judge({ ...batch, ...textsOf(batch) });
      port.postMessage({ id: message.id, judged } satisfies FromEngine, [judged.rows.bytes.buffer as ArrayBuffer]);
      break;
    }
    case 'confirm':
      engines.get(message.organization)?.confirm(message.number);
      break;
    case 'forget':
      engines.get(message.organization)?.forget(message.number);
      break;
    case 'settle':
      say({ id: message.id, settled: engineOf(message.organization).settle(message.received, message.idle) });
      break;
    case 'unsettle':
      engines.get(message.organization)?.unsettle();
      break;
    case 'drop':
      engines.delete(message.organization);
  }
}

function say(message: FromEngine): void {
  port.postMessage(message);
}

function engineOf(organization: string): LiveEngine {
  const engine = engines.get(organization);
  if (engine === undefined) throw new Error(`there is no engine for organisation ${organization}`);
  return engine;
}

/** The records as texts, and what salts their ids. Bytes that are no UTF-8 are taken for Latin-1, which loses none of them. */
function textsOf({ records, salt }: EngineBatch): { texts: string[]; salts: string[] } {
  const bytes = Buffer.from(records.bytes.buffer, records.bytes.byteOffset, records.bytes.byteLength);
  const whole = isUtf8(bytes);
  const texts: string[] = [];
  const salts: string[] = [];
  const seen = salt === undefined ? new Map<string, number>() : undefined;
  let from = 0;
  for (const to of records.ends) {
    const text =
      whole || isUtf8(bytes.subarray(from, to)) ? bytes.toString('utf8', from, to) : bytes.toString('latin1', from, to);
    from = to;
    if (seen === undefined) salts.push(`${salt}/${texts.length}`);
    else {
      const times = seen.get(text) ?? 0;
      seen.set(text, times + 1);
      salts.push(times === 0 ? '' : String(times));
    }
    texts.push(text);
  }
  return { texts, salts };
}
