import { type ChildProcess, type SpawnOptions, spawn, spawnSync } from 'node:child_process';
import { existsSync, lchownSync, lstatSync, readdirSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** Runs PostgreSQL's programs as somebody who isn't root, since they refuse root. */
export interface Runner {
  /** Gives a file, or a folder with all that is in it, to that somebody, who may be another than at the last start. */
  own(path: string): void;
  spawn(program: string, args: readonly string[], options: SpawnOptions): ChildProcess;
}

/**
 * How to run them here. Not root: as we are. Root: as `postgres` or `nobody`, where every folder above may be passed through; else as root
 * under another number (a user namespace), for a private home folder of root's can be passed by nobody else.
 *
 * @throws Error where none of these works
 */
export function runner(folder: string): Runner {
  if (process.getuid?.() !== 0)
    return { own: () => {}, spawn: (program, args, options) => spawn(...ending(program, args), options) };
  const user = unprivileged();
  if (user !== undefined && passable(folder)) {
    return {
      own: (path) => give(path, user.uid, user.gid),
      spawn: (program, args, options) => spawn(...ending(program, args), { ...options, ...user }),
    };
  }
  // Initdb wants a number that has a name.
  const inside = user ?? { uid: 65_534, gid: 65_534 };
  const prefix = ['--user', `--map-user=${inside.uid}`, `--map-group=${inside.gid}`];
  if (spawnSync('unshare', [...prefix, 'true'], { stdio: 'ignore' }).status === 0) {
    return {
      own: (path) => give(path, 0, 0),
      spawn: (program, args, options) => {
        const [command, rest] = ending(program, args);
        return spawn('unshare', [...prefix, command, ...rest], options);
      },
    };
  }
  throw new Error(
    `PostgreSQL does not run as root, and no other user may enter ${folder}. Start Chaperone as another user, or choose a data folder that others may pass through.`,
  );
}

/** On Linux the server is told to end when we do, however we end. */
function ending(program: string, args: readonly string[]): [string, string[]] {
  if (process.platform !== 'linux' || !existsSync('/usr/bin/setpriv')) return [program, [...args]];
  return ['/usr/bin/setpriv', ['--pdeathsig', 'INT', program, ...args]];
}

function unprivileged(): { uid: number; gid: number } | undefined {
  for (const name of ['postgres', 'nobody']) {
    const [uid, gid] = ['-u', '-g'].map((flag) => Number(spawnSync('id', [flag, name], { encoding: 'utf8' }).stdout));
    if (uid > 0 && gid > 0) return { uid, gid };
  }
  return undefined;
}

/** Links are given and never followed: what lies there was written by somebody with fewer rights. */
function give(path: string, uid: number, gid: number): void {
  const is = lstatSync(path);
  if (is.uid === uid && is.gid === gid) return;
  if (is.isDirectory()) for (const name of readdirSync(path)) give(join(path, name), uid, gid);
  // Last, so that a walk that was broken off is begun again.
  lchownSync(path, uid, gid);
}

/** Whether everybody may pass through every folder above. */
function passable(folder: string): boolean {
  for (let at = dirname(folder); ; at = dirname(at)) {
    if ((statSync(at).mode & 0o001) === 0) return false;
    if (at === dirname(at)) return true;
  }
}
