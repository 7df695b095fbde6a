import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ConfigError, createLog, loadConfig, type ServiceConfig, startService } from '../../service/index.ts';
import { exit, UsageError } from '../exit.ts';
import type { Io } from '../io.ts';

/** `chaperone start`: the service with its defaults, and a link to finish the set-up. */
export async function start({ data, port }: { data: string; port: string }, io: Io): Promise<number> {
  const number = Number(port);
  if (!Number.isInteger(number) || number < 0 || number > 65_535)
    throw new UsageError(`${port} is no port`, 'Ports are numbers up to 65535.');
  const config = loadConfig(undefined, io.env, io.cwd);
  return run(
    { ...config, data: resolve(io.cwd, data), http: { ...config.http, port: number }, log: { level: 'warn' } },
    io,
  );
}

/** `chaperone serve`: the service as a configuration says. */
export async function serve({ config, check }: { config?: string; check?: boolean }, io: Io): Promise<number> {
  let loaded: ServiceConfig;
  try {
    loaded = loadConfig(config, io.env, io.cwd);
  } catch (error) {
    if (error instanceof ConfigError) throw new UsageError(error.message);
    throw error;
  }
  if (check !== true) return run(loaded, io);
  io.stdout.write('The configuration is sound.\n');
  return exit.clean;
}

async function run(config: ServiceConfig, io: Io): Promise<number> {
  const begun = io.now();
  const stopped = new Promise<void>((resolve) => {
    const deaf = io.onInterrupt(() => {
      deaf();
      resolve();
    });
  });
  let service: Awaited<ReturnType<typeof startService>>;
  try {
    service = await startService(config, createLog(config.log.level), builtConsole());
  } catch (error) {
    const { mend } = error as { mend?: string };
    const said = error instanceof Error ? error.message : String(error);
    // Some messages end with what to do, which is shown on a line of its own.
    throw new UsageError(
      mend !== undefined && said.endsWith(mend) ? said.slice(0, -mend.length).trimEnd() : said,
      mend,
    );
  }
  io.stdout.write(`Chaperone runs (${((io.now() - begun) / 1000).toFixed(1)} s). Console: ${service.url}\n`);
  for (const { name, kind, host, port } of service.listeners)
    io.stdout.write(`  ${name}: ${kind} on ${host}:${port}\n`);
  if (service.fingerprint !== undefined) io.stdout.write(`  Own certificate, SHA-256: ${service.fingerprint}\n`);
  if (service.setupLink !== undefined)
    io.stdout.write(`\nFinish the set-up in your browser:\n  ${service.setupLink}\n`);
  io.stdout.write('\nCtrl-C ends it.\n');
  await stopped;
  io.stdout.write('Ending in order ...\n');
  await service.close();
  return exit.clean;
}

/** The console that `npm start` built; undefined: it is not part of this installation. */
function builtConsole(): string | undefined {
  const folder = fileURLToPath(new URL('../../../../console/dist', import.meta.url));
  return existsSync(folder) ? folder : undefined;
}
