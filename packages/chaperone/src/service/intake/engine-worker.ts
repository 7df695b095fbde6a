/** The thread in which engines run: one for each organisation that was given to it. */
import { parentPort } from 'node:worker_threads';
import { LiveEngine, maskWith, sealWith } from '../../detection/index.ts';
import type { FromEngine, ToEngine } from './engine-protocol.ts';
import { recordTexts } from './record-texts.ts';

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
      engines.set(
        message.setup.organization,
        new LiveEngine(message.setup, maskWith(message.maskKey), sealWith(message.maskKey)),
      );
      say({ id: message.id, done: true });
      break;
    case 'exceptions':
      engines.get(message.organization)?.except(message.exceptions);
      break;
    case 'judge': {
      const { batch } = message;
      const judged = engineOf(batch.organization).judge({ ...batch, ...recordTexts(batch.records, batch.salt) });
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
