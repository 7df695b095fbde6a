// What every benchmark here needs: the machine in words, a command timed as a whole process, medians, a table.
import { execFileSync, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { cpus, release, tmpdir, totalmem } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = join(dirname(fileURLToPath(import.meta.url)), '..');
export const corpus = resolve(root, process.env.CHAPERONE_CORPUS ?? '../shared/corpus');
/** Large files of the benches: outside the project, kept between runs. */
export const scratch = process.env.CHAPERONE_BENCH_DIR ?? join(tmpdir(), 'chaperone-bench');

/** Where a peer's program is: `CHAPERONE_PEERS` (a folder with bin/), cargo's folder, or the PATH. Undefined where it isn't installed. */
export function peer(name: string): string | undefined {
  const folders = [
    process.env.CHAPERONE_PEERS && join(process.env.CHAPERONE_PEERS, 'bin'),
    process.env.HOME && join(process.env.HOME, '.cargo', 'bin'),
    ...(process.env.PATH ?? '').split(':'),
  ];
  for (const folder of folders) if (folder && existsSync(join(folder, name))) return join(folder, name);
  return undefined;
}

export function peerVersion(program: string): string {
  try {
    return execFileSync(program, ['--version'], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
  } catch {
    return 'version unknown';
  }
}

/** The machine, the date and the commit, as lines of Markdown. */
export function machine(): string {
  const commit = execFileSync('git', ['rev-parse', '--short', 'HEAD'], { cwd: root, encoding: 'utf8' }).trim();
  return [
    `- machine: ${cpus()[0].model}, ${cpus().length} cores, ${Math.round(totalmem() / 2 ** 30)} GiB, Linux ${release().split('-')[0]}`,
    `- Node ${process.version}, commit ${commit}, ${new Date().toISOString().slice(0, 10)}`,
  ].join('\n');
}

/** A hash over names and sizes of a folder's files: says whether two runs saw the same input. */
export function folderHash(folder: string): string {
  const hash = createHash('sha256');
  for (const name of (readdirSync(folder, { recursive: true }) as string[]).sort()) {
    const stat = statSync(join(folder, name));
    if (stat.isFile()) hash.update(`${name}\0${stat.size}\n`);
  }
  return hash.digest('hex').slice(0, 12);
}

export interface Run {
  /** seconds */
  readonly wall: number;
  /** user and system seconds of the process and its children */
  readonly cpu: number;
  /** highest resident memory seen, MiB */
  readonly rss: number;
  readonly status: number | null;
}

/** Runs a command to its end, output thrown away, and says what it took. Memory is the kernel's own high-water mark, polled. */
export function run(program: string, args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<Run> {
  return new Promise((done, fail) => {
    const before = childCpu();
    const begun = performance.now();
    const child = spawn(program, args, { stdio: 'ignore', env: { ...process.env, ...env } });
    let rss = 0;
    const poll = setInterval(() => {
      try {
        const found = /VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8'));
        if (found) rss = Math.max(rss, Number(found[1]) / 1024);
      } catch {
        // The process has just ended.
      }
    }, 20);
    child.on('error', fail);
    child.on('exit', (status) => {
      clearInterval(poll);
      done({ wall: (performance.now() - begun) / 1000, cpu: childCpu() - before, rss, status });
    });
  });
}

/** CPU seconds of children that have ended and been waited for: fields 16 and 17 of /proc/self/stat, in ticks of 1/100 s. */
function childCpu(): number {
  const stat = readFileSync('/proc/self/stat', 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[13]) + Number(fields[14])) / 100;
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** A Markdown table. */
export function table(head: readonly string[], rows: readonly (readonly (string | number)[])[]): string {
  return [
    `| ${head.join(' | ')} |`,
    `|${head.map(() => ' --- ').join('|')}|`,
    ...rows.map((row) => `| ${row.join(' | ')} |`),
  ].join('\n');
}
