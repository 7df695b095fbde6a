/** The thread in which engines run: one for each organisation that was given to it. */
import { parentPort } from 'node:worker_threads';
import { createPlan } from '@chaperone/sigma';
import { LiveEngine, type LiveRules, maskWith, sealWith } from '../../detection/index.ts';
import { release } from '../../telemetry/index.ts';
import { giveBackMemory } from '../give-back.ts';
import type { FromEngine, ToEngine } from './engine-protocol.ts';
import { recordTexts } from './record-texts.ts';

const engines = new Map<string, LiveEngine>();
const ruleSets = new Map<string, LiveRules>();
const port = parentPort!;
/** Milliseconds after the last setup in which what it took is given back. */
const SOON = 2_000;
let soon: NodeJS.Timeout | undefined;

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
    case 'rules':
      ruleSets.set(message.key, { rules: message.rules, plan: createPlan(message.rules.rules) });
      break;
    case 'forget-rules':
      ruleSets.delete(message.key);
      break;
    case 'setup': {
      const { setup, maskKey } = message;
      const shared = ruleSets.get(setup.rulesKey);
      if (shared === undefined) throw new Error(`the rules ${setup.rulesKey} did not come before what is to use them`);
      const whole = { ...setup, rules: shared.rules };
      engines.set(setup.organization, new LiveEngine(whole, maskWith(maskKey), sealWith(maskKey), shared));
      say({ id: message.id, done: true });
      clearTimeout(soon);
      soon = setTimeout(() => void giveBackMemory(), SOON);
      break;
    }
    case 'exceptions':
      engines.get(message.organization)?.except(message.exceptions);
      break;
    case 'judge': {
      const { batch } = message;
      const texts = recordTexts(batch);
      release(batch.records.bytes);
      const judged = engineOf(batch.organization).judge({ ...batch, ...texts });
      port.postMessage({ id: message.id, judged } satisfies FromEngine, [judged.rows.bytes.buffer as ArrayBuffer]);
      break;
    }
    case 'confirm':
      engines.get(message.organization)?.confirm(message.number);
      break;
    case 'forget':
      engines.get(message.organization)?.forget(message.number);
      break;
    case 'settle': {
      const engine = engineOf(message.organization);
      const settled = engine.settle(message.received, message.idle, message.all);
      say({ id: message.id, settled, pending: engine.pending });
      break;
    }
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
