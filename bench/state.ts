// What the state store takes: starting, small transactions confined to one organisation, backup and restore.
//
//   node bench/state.ts [FINDINGS]      (200,000)
//
// Our own PostgreSQL with fsync, on this machine's disk. The rows of the backup are counted by `restore` itself.
import { createHash, randomUUID } from 'node:crypto';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { backup, openStateStore, restore, verifyBackup } from '../packages/chaperone/src/storage/index.ts';
import { machine, table } from './harness.ts';

const findings = Number(process.argv[2] ?? 200_000);
const SECONDS = 3;
/** Findings inserted at once. */
const STEP = 2_000;
const rows: (string | number)[][] = [];

async function timed<T>(what: string, work: () => Promise<T>): Promise<T> {
  const begun = performance.now();
  const result = await work();
  rows.push([what, `${((performance.now() - begun) / 1000).toFixed(2)} s`]);
  return result;
}

/** With a kilobyte of evidence that does not compress well. */
function finding(organization: string, n: number) {
  const evidence = Array.from({ length: 16 }, (_, i) => createHash('sha256').update(`${n} ${i}`).digest('hex'));
  const at = new Date(1_780_000_000_000 + n);
  return {
    id: randomUUID(),
    organization_id: organization,
    detector: 'rule',
    rule_id: `rule-${n % 300}`,
    rule_title: `Title ${n % 300}`,
    level: 'high',
    confidence: 'high',
    first_at: at,
    last_at: at,
    why: `because of ${n}`,
    document: JSON.stringify({ evidence }),
  };
}

const folder = mkdtempSync(join(tmpdir(), 'chaperone-bench-state-'));
chmodSync(folder, 0o711);
try {
  const own = join(folder, 'postgres');
  const store = await timed('first start', () => openStateStore({ folder: own }));
  const id = randomUUID();
  await store.everywhere((tx) =>
    tx.insertInto('organization').values({ id, slug: 'a', name: 'a', side: 'client', zone: 'UTC' }).execute(),
  );
  for (const width of [1, 8]) {
    let count = 0;
    const until = performance.now() + SECONDS * 1000;
    const writer = async () => {
      while (performance.now() < until) {
        const hit = { organization_id: id, rule_id: randomUUID() };
        await store.within(id, (tx) => tx.insertInto('rule_hit').values(hit).execute());
        count += 1;
      }
    };
    await Promise.all(Array.from({ length: width }, writer));
    rows.push([`durable transactions, ${width} at once`, `${Math.round(count / SECONDS)}/s`]);
  }
  for (let at = 0; at < findings; at += STEP) {
    const some = Array.from({ length: Math.min(STEP, findings - at) }, (_, i) => finding(id, at + i));
    await store.within(id, (tx) => tx.insertInto('finding').values(some).execute());
  }
  const to = join(folder, 'backup');
  await timed(`backup, ${findings} findings of 1.3 kB`, () =>
    backup({ state: store, data: folder, to, program: 'bench' }),
  );
  await timed('verify', () => verifyBackup(to));
  const openEvents = () => Promise.reject(new Error('there are no events in it'));
  await timed('restore', () => restore({ from: to, data: join(folder, 'restored'), openEvents }));
  await timed('stop', () => store.close());
  const again = await timed('start', () => openStateStore({ folder: own }));
  await again.close();
  console.log(`${machine()}\n\n${table(['what', 'measured'], rows)}`);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
