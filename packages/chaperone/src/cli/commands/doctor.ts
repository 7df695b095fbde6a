import { constants } from 'node:fs';
import { access, mkdtemp, rm, stat, statfs, writeFile } from 'node:fs/promises';
import { availableParallelism, freemem, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as zlib from 'node:zlib';
import { inert, isZone, size } from '../../report/index.ts';
import { exit } from '../exit.ts';
import type { Io } from '../io.ts';
import { paintFor } from '../terminal/paint.ts';
import { pad, wrap } from '../terminal/text-width.ts';

/** One thing that was looked at. `missing` stops a scan; `less` means that something works less well or is for developers. */
export interface Check {
  readonly name: string;
  readonly state: 'ok' | 'less' | 'missing';
  readonly found: string;
  readonly mend?: string;
}

const root = fileURLToPath(new URL('../../../../../', import.meta.url));
const words = { ok: 'ok', less: 'less', missing: 'MISSING' } as const;

/** `chaperone doctor`: what this machine lacks, and how to mend it. */
export async function doctor({ out, json }: { out: string; json?: boolean }, io: Io): Promise<number> {
  const checks = await examine(resolve(io.cwd, out), io.env);
  const missing = checks.filter(({ state }) => state === 'missing').length;
  if (json === true) io.stdout.write(`${JSON.stringify(checks, null, 2)}\n`);
  else {
    const paint = paintFor(io.stdout, io.env);
    const columns = Math.min(100, io.stdout.columns ?? 100);
    for (const { name, state, found, mend } of checks) {
      const word = pad(words[state], 8);
      const painted =
        state === 'ok' ? paint.good(word) : state === 'less' ? paint.level('medium', word) : paint.level('high', word);
      const [first, ...rest] = wrap(inert(found), columns - 28);
      io.stdout.write(
        `${painted} ${pad(name, 18)} ${first}\n${rest.map((line) => `${' '.repeat(28)}${line}\n`).join('')}`,
      );
      if (mend !== undefined)
        for (const line of wrap(inert(mend), columns - 28)) io.stdout.write(`${' '.repeat(28)}${paint.dim(line)}\n`);
    }
    io.stdout.write(
      missing === 0
        ? '\nA scan can run here.\n'
        : `\nA scan can’t run here yet: ${missing === 1 ? 'one thing is' : `${missing} things are`} missing.\n`,
    );
  }
  return missing === 0 ? exit.clean : exit.found;
}

/** Everything that is looked at, in the order in which it is shown. */
export async function examine(out: string, env: Io['env']): Promise<Check[]> {
  return [
    node(),
    memory(),
    cores(),
    zstd(),
    zones(),
    await rules(),
    await writable('Report folder', out),
    await writable('Temporary folder', tmpdir()),
    await sample(),
    await corpus(env),
    await browser(env),
  ];
}

function node(): Check {
  const [major, minor] = process.versions.node.split('.').map(Number);
  const enough = major > 22 || (major === 22 && minor >= 18);
  return {
    name: 'Node.js',
    state: !enough ? 'missing' : major < 24 ? 'less' : 'ok',
    found: `${process.versions.node}${enough && major < 24 ? ': works; 24 parses JSON and YAML faster' : ''}`,
    ...(enough ? {} : { mend: 'Needs 22.18 or later. In the repository, `npm start` brings Node 24 by itself.' }),
  };
}

function memory(): Check {
  // on Linux this counts what a container allows, 0 where nothing limits
  const limit = process.constrainedMemory();
  const free = Math.min(process.availableMemory?.() ?? freemem(), limit > 0 ? limit : Number.POSITIVE_INFINITY);
  const enough = free >= 500_000_000;
  return {
    name: 'Memory',
    state: enough ? 'ok' : 'less',
    found: `${size(free)} free; a scan uses up to 400 MB however large its input`,
    ...(enough ? {} : { mend: 'Close other programs, or scan with --workers 1.' }),
  };
}

function cores(): Check {
  const count = availableParallelism();
  return {
    name: 'Cores',
    state: 'ok',
    found: `${count}; a scan uses ${count === 1 ? 'it' : 'all of them, or as many as --workers says'}`,
  };
}

function zstd(): Check {
  const there = 'createZstdDecompress' in zlib;
  return {
    name: 'Compression',
    state: there ? 'ok' : 'less',
    found: there ? 'gzip, zip and zstd' : 'gzip and zip; not zstd: .zst files will be reported as unread',
    ...(there ? {} : { mend: 'Use Node 22.15 or later, or unpack .zst files first.' }),
  };
}

function zones(): Check {
  const there =
    ['Europe/Zurich', 'America/New_York', 'Asia/Kolkata'].every(isZone) &&
    new Date(Date.UTC(2026, 6, 1)).toLocaleString('en-GB', { timeZone: 'Europe/Zurich', hour: '2-digit' }) === '02';
  return {
    name: 'Time zones',
    state: there ? 'ok' : 'less',
    found: there
      ? `data ${process.versions.tz ?? 'of the system'}`
      : 'incomplete: agreed hours and local stamps can’t be computed',
    ...(there ? {} : { mend: 'Use an official build of Node.js (with full ICU).' }),
  };
}

async function rules(): Promise<Check> {
  const folder = join(root, 'content', 'rules');
  const there = await isFolder(folder);
  return {
    name: 'Own rules',
    state: there ? 'ok' : 'less',
    found: there ? folder : 'not in this installation: a scan needs --rules',
    ...(there ? {} : { mend: 'Get the whole repository, or give rules with --rules.' }),
  };
}

async function writable(name: string, folder: string): Promise<Check> {
  try {
    const probe = await mkdtemp(join(folder, '.chaperone-probe-'));
    await writeFile(join(probe, 'probe'), 'x');
    await rm(probe, { recursive: true });
    const { bavail, bsize } = await statfs(folder);
    const free = bavail * bsize;
    return {
      name,
      state: free < 100_000_000 ? 'less' : 'ok',
      found: `${folder} can be written, ${size(free)} free`,
      ...(free < 100_000_000 ? { mend: 'Free some space: many findings need room.' } : {}),
    };
  } catch (error) {
    return {
      name,
      state: 'missing',
      found: `${folder} can’t be written (${(error as NodeJS.ErrnoException).code ?? 'unknown reason'})`,
      mend: 'Make the folder, or give one that you may write to with --out.',
    };
  }
}

async function sample(): Promise<Check> {
  const there = await isFolder(join(root, 'content', 'sample'));
  return {
    name: 'Sample case',
    state: there ? 'ok' : 'less',
    found: there ? 'chaperone start makes it' : 'not in this installation: chaperone start can’t run',
    ...(there ? {} : { mend: 'Get the whole repository.' }),
  };
}

async function corpus(env: Io['env']): Promise<Check> {
  const folder = resolve(root, env.CHAPERONE_CORPUS ?? '../shared/corpus');
  const there = await isFolder(folder);
  return {
    name: 'Test corpus',
    state: there ? 'ok' : 'less',
    found: there ? folder : 'not there: for developers; tests and benches that need it are skipped',
    ...(there ? {} : { mend: 'Set CHAPERONE_CORPUS to its folder.' }),
  };
}

async function browser(env: Io['env']): Promise<Check> {
  for (const place of [env.CHROMIUM, '/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome']) {
    if (place === undefined) continue;
    try {
      await access(place, constants.X_OK);
      return { name: 'Browser for tests', state: 'ok', found: place };
    } catch {
      // the next one may be there
    }
  }
  return {
    name: 'Browser for tests',
    state: 'less',
    found: 'no chromium: for developers; tests of the report’s page are skipped',
    mend: 'Install Debian’s package `chromium`, or set CHROMIUM to its path.',
  };
}

async function isFolder(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined))?.isDirectory() ?? false;
}
