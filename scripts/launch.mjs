// The one entry of `npm start` and `npm test`: runs on the Node that is there (20 is enough), installs what the
// lock file names if it isn't there yet, and hands over to the Node 24 that came with it.
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const node = join(root, 'node_modules', 'node', 'bin', process.platform === 'win32' ? 'node.exe' : 'node');

/** Installs when node_modules is missing or was made from another lock file. */
function install() {
  const lock = createHash('sha256')
    .update(readFileSync(join(root, 'package-lock.json')))
    .digest('hex');
  const stamp = join(root, 'node_modules', '.chaperone-lock');
  if (existsSync(node) && existsSync(stamp) && readFileSync(stamp, 'utf8') === lock) return;
  process.stderr.write('Installing what Chaperone needs (once) ...\n');
  const npm = (args, stderr) =>
    spawnSync('npm', [...args, '--no-audit', '--no-fund', '--loglevel=error'], {
      cwd: root,
      stdio: ['ignore', 'ignore', stderr],
      shell: process.platform === 'win32',
    });
  // npm ci refuses the whole lock file where a registry lacks an optional package of another platform; install doesn't.
  let done = npm(['ci'], 'ignore');
  if (done.status !== 0) done = npm(['install', '--no-save'], 'inherit');
  if (done.status !== 0) {
    process.stderr.write('The installation failed. Is the npm registry within reach? The messages above say more.\n');
    process.exit(done.status ?? 1);
  }
  writeFileSync(stamp, lock);
}

/** Runs a TypeScript file on our own Node, passing signals and the exit code through. */
function run(args) {
  // A small nursery keeps the process small: without it V8 holds on to 120 MB more after the rules are loaded.
  const flags = ['--enable-source-maps', '--max-semi-space-size=4'];
  const child = spawn(node, [...flags, ...args], { cwd: process.cwd(), stdio: 'inherit' });
  for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => child.kill(signal));
  child.on('exit', (code, signal) => process.exit(code ?? (signal ? 1 : 0)));
}

const [task, ...rest] = process.argv.slice(2);
install();
const main = join(root, 'packages', 'chaperone', 'src', 'cli', 'main.ts');
// The service shows the console that was built here; it is made once, and anew when its sources have changed.
if (task === 'start' && (rest.length === 0 || rest[0] === 'serve' || rest[0] === 'start')) {
  const built = spawnSync(node, [join(root, 'packages', 'console', 'build.mjs')], {
    cwd: root,
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  if (built.status !== 0) process.stderr.write('The console could not be built; the service starts without it.\n');
}
if (task === 'start') run([main, ...(rest.length > 0 ? rest : ['start'])]);
else if (task === 'test') run([join(root, 'scripts', 'test.ts'), ...rest]);
else if (task === 'run') run(rest);
else {
  process.stderr.write(`launch: unknown task ${JSON.stringify(task)}; one of start, test, run\n`);
  process.exit(3);
}
