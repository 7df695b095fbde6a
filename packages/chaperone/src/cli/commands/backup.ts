import { join, resolve } from 'node:path';
import { askControl, loadConfig, type ServiceConfig } from '../../service/index.ts';
import { type BackupManifest, openEventStore, restore as restoreBackup } from '../../storage/index.ts';
import { exit, UsageError } from '../exit.ts';
import type { Io } from '../io.ts';

interface Place {
  readonly data: string;
  readonly config?: string;
}

/** The configuration of the service that is meant: a file's, or the defaults with this data folder. */
export function placed({ data, config }: Place, io: Io): ServiceConfig {
  const loaded = loadConfig(config, io.env, io.cwd);
  return config === undefined ? { ...loaded, data: resolve(io.cwd, data) } : loaded;
}

/** `chaperone backup`: asks the running service to write everything into a folder. */
export async function backup(options: Place & { readonly to: string }, io: Io): Promise<number> {
  const { data } = placed(options, io);
  const to = resolve(io.cwd, options.to);
  const said = await askControl<BackupManifest>(data, 'backup', { to }).catch((error) => {
    throw new UsageError(error.message);
  });
  if (said === undefined)
    throw new UsageError(
      `No service runs on ${data}`,
      'Start it, or name its data folder with --data or its configuration with --config.',
    );
  io.stdout.write(`Everything is in ${to}. Keep it as safe as the data folder: it holds the keys.\n`);
  return exit.clean;
}

/** `chaperone restore`: makes a data folder of a backup. */
export async function restore(
  options: Place & { readonly from: string; readonly replace?: boolean },
  io: Io,
): Promise<number> {
  const config = placed(options, io);
  try {
    await restoreBackup({
      from: resolve(io.cwd, options.from),
      data: config.data,
      ...(config.state === undefined ? {} : { stateUrl: config.state.url }),
      openEvents: () =>
        openEventStore(
          config.events === undefined
            ? { folder: join(config.data, 'events') }
            : {
                ...config.events,
                cluster: config.events.cluster === undefined ? undefined : { name: config.events.cluster },
              },
        ),
      replace: options.replace === true,
    });
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error), (error as { mend?: string }).mend);
  }
  io.stdout.write(`${config.data} is made of the backup. Start the service on it.\n`);
  return exit.clean;
}
