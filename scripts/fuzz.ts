// Fuzzes every decoder: `npm run fuzz -- [--seconds 60] [--only NAME] [--seed N]`, seconds of the processor over all targets. A seeded mutator over the targets' seeds; a target
// fails when it throws, takes more than a second of the processor on one input, or its heap keeps growing. Failing inputs are kept under .cache/fuzz.
import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const kept = join(root, '.cache', 'fuzz');

interface Target {
  readonly name: string;
  seeds(): Promise<Uint8Array[]> | Uint8Array[];
  run(data: Uint8Array): void | Promise<void>;
}

/** mulberry32: a small seeded generator, so that a failure can be run again. */
function random(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

const INTERESTING = [0, 1, 0x7f, 0x80, 0xff, 0x22, 0x27, 0x5c, 0x7b, 0x5b, 0x3c, 0x0a, 0x0d, 0x25, 0x3d, 0x7c];

/** One mutated copy: flips, numbers, cuts, doublings, splices with another seed. At most 1 MiB. */
function mutate(next: () => number, seed: Uint8Array, other: Uint8Array): Uint8Array {
  let data = Uint8Array.from(seed);
  const int = (below: number) => Math.floor(next() * Math.max(1, below));
  for (let round = 1 + int(6); round > 0; round -= 1) {
    const at = int(data.length);
    switch (int(8)) {
      case 0:
        if (data.length > 0) data[at] ^= 1 << int(8);
        break;
      case 1:
        if (data.length > 0) data[at] = INTERESTING[int(INTERESTING.length)];
        break;
      case 2:
        for (let i = at; i < Math.min(data.length, at + 4); i += 1) data[i] = int(2) === 0 ? 0xff : 0;
        break;
      case 3:
        data = data.slice(0, at);
        break;
      case 4: {
        const end = Math.min(data.length, at + 1 + int(64));
        data = Uint8Array.from([...data.subarray(0, at), ...data.subarray(end)]);
        break;
      }
      case 5: {
        const piece = data.subarray(at, at + 1 + int(256));
        const times = 1 + int(int(10) === 0 ? 500 : 4);
        const grown = new Uint8Array(data.length + piece.length * times);
        grown.set(data.subarray(0, at));
        for (let i = 0; i < times; i += 1) grown.set(piece, at + i * piece.length);
        grown.set(data.subarray(at), at + piece.length * times);
        data = grown;
        break;
      }
      case 6: {
        const from = int(other.length);
        const piece = other.subarray(from, from + 1 + int(512));
        const joined = new Uint8Array(at + piece.length + (data.length - at));
        joined.set(data.subarray(0, at));
        joined.set(piece, at);
        joined.set(data.subarray(at), at + piece.length);
        data = joined;
        break;
      }
      default:
        for (let i = 0; i < 8 && data.length > 0; i += 1) data[int(data.length)] = int(256);
    }
  }
  return data.length > 1 << 20 ? data.subarray(0, 1 << 20) : data;
}

async function targets(): Promise<Target[]> {
  const found: Target[] = [];
  for (const pkg of readdirSync(join(root, 'packages'))) {
    let files: string[] = [];
    try {
      files = readdirSync(join(root, 'packages', pkg, 'fuzz'))
        .filter((file) => file.endsWith('.ts'))
        .sort();
    } catch {
      continue;
    }
    for (const file of files) {
      const module = await import(pathToFileURL(join(root, 'packages', pkg, 'fuzz', file)).href);
      const exported = module.default as Target | Target[] | undefined;
      if (exported !== undefined) found.push(...(Array.isArray(exported) ? exported : [exported]));
    }
  }
  return found;
}

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '60' },
    only: { type: 'string' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
  },
});
const all = (await targets()).filter((target) => values.only === undefined || target.name.includes(values.only));
if (all.length === 0) {
  console.error('fuzz: no such target');
  process.exit(3);
}
/** Milliseconds of the processor for each target: on a busy machine an hour of the clock is no hour of work. */
const share = (Number(values.seconds) * 1000) / all.length;
const own = () => {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1000;
};
let failures = 0;
for (const target of all) {
  const next = random(Number(values.seed));
  const seeds = (await target.seeds()).map((seed) => (seed.length > 256 * 1024 ? seed.subarray(0, 256 * 1024) : seed));
  if (seeds.length === 0) seeds.push(new Uint8Array(0));
  let runs = 0;
  let slowest = 0;
  let failed = 0;
  globalThis.gc?.();
  let heap = 0;
  const begun = own();
  while (own() - begun < share) {
    const seed = seeds[Math.floor(next() * seeds.length)];
    const data = runs < seeds.length ? seeds[runs] : mutate(next, seed, seeds[Math.floor(next() * seeds.length)]);
    // The thread's own time: on a busy machine the clock would blame the input for its neighbours.
    const started = own();
    let error: unknown;
    try {
      await target.run(data);
    } catch (caught) {
      error = caught;
    }
    const took = own() - started;
    slowest = Math.max(slowest, took);
    if (error !== undefined || took > 1000) {
      failed += 1;
      mkdirSync(kept, { recursive: true });
      const file = join(kept, `${target.name}-${createHash('sha256').update(data).digest('hex').slice(0, 16)}`);
      writeFileSync(file, data);
      console.error(
        `FAIL ${target.name}: ${error instanceof Error ? (error.stack ?? error.message) : `took ${took.toFixed(0)} ms`}\n  input kept in ${file}`,
      );
      if (failed >= 3) break;
    }
    runs += 1;
    if (runs === 2000) {
      globalThis.gc?.();
      heap = process.memoryUsage().heapUsed + process.memoryUsage().arrayBuffers;
    }
  }
  globalThis.gc?.();
  const grown = heap === 0 ? 0 : process.memoryUsage().heapUsed + process.memoryUsage().arrayBuffers - heap;
  if (globalThis.gc !== undefined && grown > 128 * 1024 * 1024) {
    failed += 1;
    console.error(`FAIL ${target.name}: its memory grew by ${(grown / 1048576).toFixed(0)} MiB`);
  }
  failures += failed;
  console.log(
    `${failed > 0 ? 'FAIL' : 'ok  '} ${target.name}: ${runs} inputs, slowest ${slowest.toFixed(0)} ms, memory ${grown >= 0 ? '+' : ''}${(grown / 1048576).toFixed(1)} MiB, seed ${values.seed}`,
  );
}
console.log(`${all.length - Math.min(all.length, failures)} passed, ${failures} failed`);
process.exit(failures > 0 ? 1 : 0);
