// `npm run bench -- stream`: JSON lines with all of SigmaHQ, one worker, against rsigma (crate `rsigma`, log-source routing on) with the
// same rules. Events per second are the difference between a long and a short run of the whole process, so that start-up and loading
// the rules count for neither side.
import { createWriteStream, existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { discover, type Source } from '../packages/chaperone/src/telemetry/index.ts';
import { corpus, folderHash, machine, peer, peerVersion, root, run, scratch, table } from './harness.ts';

const rules = join(corpus, 'sigma-rules');
const out = join(scratch, 'out');
mkdirSync(scratch, { recursive: true });

const scan = (file: string, env: NodeJS.ProcessEnv = {}) =>
  run(
    process.execPath,
    [
      '--max-semi-space-size=4',
      join(root, 'packages/chaperone/src/cli/main.ts'),
      'scan',
      file,
      '--rules',
      rules,
      '--no-builtin-rules',
      '--workers',
      '1',
      '--no-report',
      '--quiet',
      '--force',
      '--out',
      out,
    ],
    env,
  );

console.log(machine());
console.log(`- corpus ${folderHash(corpus)}; rules: all of sigma-rules`);
const rsigma = peer('rsigma');
console.log(
  rsigma === undefined ? '- rsigma is not installed: cargo install rsigma --locked' : `- peer: ${peerVersion(rsigma)}`,
);

const rows: string[][] = [];
for (const lane of readdirSync(join(corpus, 'lanes')).sort()) {
  const name = lane.replace('.ndjson.gz', '');
  await measure(name, gunzipSync(readFileSync(join(corpus, 'lanes', lane))).toString());
}
await measure('security-datasets', await datasets());
console.log(
  table(
    [
      'input',
      'Chaperone',
      'memory off',
      'rsigma',
      'ratio (target 10 on structured_windows)',
      'ratio, memory off (target 3)',
    ],
    rows,
  ),
);
rmSync(out, { recursive: true, force: true });

async function measure(name: string, text: string): Promise<void> {
  const events = text.split('\n').filter((line) => line.trim() !== '').length;
  const whole = text.endsWith('\n') ? text : `${text}\n`;
  const times = Math.max(2, Math.ceil(200_000 / events));
  const short = await repeated(`${name}-1`, whole, 1);
  const long = await repeated(`${name}-${times}`, whole, times);
  const rate = async (go: (file: string) => Promise<{ wall: number }>) => {
    const one = (await go(short)).wall;
    const many = (await go(long)).wall;
    return ((times - 1) * events) / Math.max(0.001, many - one);
  };
  const ours = await rate((file) => scan(file));
  const plain = await rate((file) => scan(file, { CHAPERONE_VALUE_MEMORY: 'off' }));
  const theirs =
    rsigma === undefined
      ? undefined
      : await rate((file) =>
          run(rsigma, ['engine', 'eval', '-r', rules, '-e', `@${file}`, '--logsource-routing', '-q']),
        );
  const say = (n: number) => `${Math.round(n).toLocaleString('en')}/s`;
  rows.push([
    name,
    say(ours),
    say(plain),
    theirs === undefined ? '-' : say(theirs),
    theirs === undefined ? '-' : (ours / theirs).toFixed(1),
    theirs === undefined ? '-' : (plain / theirs).toFixed(1),
  ]);
}

async function repeated(name: string, text: string, times: number): Promise<string> {
  const file = join(scratch, `${name}.ndjson`);
  if (existsSync(file)) return file;
  const stream = createWriteStream(file);
  for (let i = 0; i < times; i += 1) {
    if (!stream.write(text)) await new Promise<void>((done) => stream.once('drain', () => done()));
  }
  await new Promise<void>((done) => stream.end(() => done()));
  return file;
}

/** All JSON lines of the Security-Datasets archives, up to 60 MB. */
async function datasets(): Promise<string> {
  let text = '';
  for await (const found of discover([join(corpus, 'security-datasets', 'windows')])) {
    if ('kind' in found || text.length > 60_000_000) continue;
    for await (const chunk of (found as Source).bytes(() => {})) text += chunk.toString();
    if (!text.endsWith('\n')) text += '\n';
  }
  return text;
}
