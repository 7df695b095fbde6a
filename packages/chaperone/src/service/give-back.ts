import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

let collect: ((options: { type: 'major'; execution: 'async'; flavor: 'last-resort' }) => Promise<void>) | undefined;

/**
 * Gives memory back that is not used any more. Reading thousands of rules takes hundreds of megabytes for a moment; V8 would keep them until
 * something else needs the room, which on the small server of a clinic is somebody else's program. Call it after such work, never in the midst.
 */
export async function giveBackMemory(): Promise<void> {
  if (collect === undefined) {
    setFlagsFromString('--expose-gc');
    collect = runInNewContext('gc') as NonNullable<typeof collect>;
  }
  await collect({ type: 'major', execution: 'async', flavor: 'last-resort' });
}
