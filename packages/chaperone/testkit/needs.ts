import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';

/**
 * Whether a program is on this machine, installing Debian's package where that may be done. Where it can't, the test skips with a line that
 * says so; in CI that is a failure.
 */
export function needs(program: string, ...packages: readonly string[]): boolean {
  if (existsSync(program)) return true;
  if (process.platform === 'linux' && process.getuid?.() === 0 && existsSync('/usr/bin/apt-get')) {
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
    spawnSync('apt-get', ['update', '-qq'], { stdio: 'ignore', env });
    spawnSync('apt-get', ['install', '-y', '-qq', '--no-install-recommends', ...packages], { stdio: 'ignore', env });
    if (existsSync(program)) return true;
  }
  if (process.env.CI === 'true') throw new Error(`${program} is missing and could not be installed`);
  console.log(`SKIPPED: ${program} is not on this machine (Debian: ${packages.join(' ')})`);
  return false;
}
