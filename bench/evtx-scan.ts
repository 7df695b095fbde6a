// `npm run bench -- evtx-scan`: a set joined from real EVTX chunks, all of SigmaHQ loaded. Chaperone decodes, attributes, evaluates
// every rule and writes every finding on one worker; evtx_dump (crate `evtx`) turns the same file to JSON on one thread. In turn, so that
// the ratio holds when the machine's speed drifts. Then the same with all cores, and memory on a larger file.
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { joinChunks } from '@chaperone/evtx/testkit';
import { corpus, folderHash, machine, median, peer, peerVersion, root, run, scratch, table } from './harness.ts';

const GIB = 2 ** 30;
const sizes = (process.env.CHAPERONE_BENCH_GIB ?? '1,4').split(',').map(Number);
const pairs = Number(process.env.CHAPERONE_BENCH_PAIRS ?? 3);
const rules = join(corpus, 'sigma-rules');

mkdirSync(scratch, { recursive: true });
const out = join(scratch, 'out');
const scan = (file: string, workers: number) =>
  run(process.execPath, [
    '--max-semi-space-size=4',
    join(root, 'packages/chaperone/src/cli/main.ts'),
    'scan',
    file,
    '--rules',
    rules,
    '--no-builtin-rules',
    '--workers',
    String(workers),
    '--no-report',
    '--quiet',
    '--force',
    '--out',
    out,
  ]);

console.log(machine());
console.log(`- corpus ${folderHash(corpus)}; rules: all of sigma-rules`);
const dump = peer('evtx_dump');
console.log(dump === undefined ? '- evtx_dump is not installed: cargo install evtx' : `- peer: ${peerVersion(dump)}`);
const rows: (string | number)[][] = [];
const seconds = new Map<string, number>();
for (const size of sizes) {
  const file = join(scratch, `joined-${size}.evtx`);
  if (!existsSync(file)) joinChunks({ sources: sources(), to: file, bytes: size * GIB });
  const gib = statSync(file).size / GIB;
  const ours: number[] = [];
  const theirs: number[] = [];
  const ratios: number[] = [];
  let memory = 0;
  for (let pair = 0; pair < pairs; pair += 1) {
    const mine = await scan(file, 1);
    ours.push(mine.wall);
    memory = Math.max(memory, mine.rss);
    if (dump === undefined) continue;
    const their = await run(dump, ['-t', '1', '-o', 'jsonl', file]);
    theirs.push(their.wall);
    ratios.push(mine.wall / their.wall);
  }
  const summary = JSON.parse(readFileSync(join(out, 'summary.json'), 'utf8'));
  const all = await scan(file, cpus().length);
  seconds.set(`${size}`, median(ours));
  rows.push([
    `${gib.toFixed(1)} GiB`,
    summary.records.read.toLocaleString('en'),
    summary.findings.total.toLocaleString('en'),
    `${median(ours).toFixed(1)} s`,
    theirs.length > 0 ? `${median(theirs).toFixed(1)} s` : '-',
    ratios.length > 0 ? median(ratios).toFixed(2) : '-',
    `${all.wall.toFixed(1)} s`,
    (median(ours) / all.wall).toFixed(2),
    `${Math.round(memory)} MiB`,
    `${Math.round(all.rss)} MiB`,
  ]);
}
console.log(
  table(
    [
      'set',
      'records',
      'findings',
      'Chaperone, 1 worker',
      'evtx_dump -t 1',
      'ratio (target 1.0)',
      `${cpus().length} workers`,
      'speed-up (target 1.7)',
      'memory, 1',
      `memory, ${cpus().length}`,
    ],
    rows,
  ),
);
const [small, large] = [sizes[0], sizes[sizes.length - 1]];
if (large > small) {
  const perGib = (seconds.get(`${large}`)! - seconds.get(`${small}`)!) / (large - small);
  console.log(`\nAfter start-up and loading: ${perGib.toFixed(2)} s per GiB.`);
}
rmSync(out, { recursive: true, force: true });

function sources(): string[] {
  return ['evtx-attack-samples', 'sigma-regression'].flatMap((folder) =>
    (readdirSync(join(corpus, folder), { recursive: true }) as string[])
      .filter((name) => name.endsWith('.evtx'))
      .sort()
      .map((name) => join(corpus, folder, name)),
  );
}
