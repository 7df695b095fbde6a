import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { type Browser, chromium } from 'playwright-core';

const aptGet = '/usr/bin/apt-get';
const places = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

/**
 * A real browser for tests, or the reason why there is none. Debian's `chromium` is installed when it is missing and we may
 * (root with apt-get); `CHROMIUM` names another. In CI a missing browser is an error, so that a skip can't hide there.
 */
export async function launchBrowser(): Promise<{ browser: Browser } | { missing: string }> {
  const file = find() ?? install();
  if (file === undefined) {
    const missing = 'no chromium: install Debian’s package `chromium`, or name one with CHROMIUM=/path';
    if (process.env.CI === 'true') throw new Error(missing);
    process.stderr.write(`SKIPPED browser tests: ${missing}\n`);
    return { missing };
  }
  const browser = await chromium.launch({
    executablePath: file,
    args: ['--no-sandbox', '--disable-dev-shm-usage', '--disable-gpu', '--force-color-profile=srgb'],
  });
  return { browser };
}

function find(): string | undefined {
  return [process.env.CHROMIUM, ...places].find((place) => place !== undefined && existsSync(place));
}

function install(): string | undefined {
  if (process.getuid?.() !== 0 || !existsSync(aptGet)) return undefined;
  try {
    process.stderr.write('Installing chromium for the browser tests (once) ...\n');
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
    execFileSync(aptGet, ['update', '-qq'], { stdio: 'ignore', env });
    execFileSync(aptGet, ['install', '-y', '-qq', '--no-install-recommends', 'chromium', 'fonts-dejavu-core'], {
      stdio: 'ignore',
      env,
    });
    return find();
  } catch {
    return undefined;
  }
}
