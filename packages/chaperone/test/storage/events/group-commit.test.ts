import { expect, test } from 'vitest';
import { GroupCommit } from '../../../src/storage/events/group-commit.ts';
import { StoreUnavailable } from '../../../src/storage/index.ts';

const batch = (text: string) => ({ rows: 1, bytes: Buffer.from(text) });

test('a store that says nothing is an answer in time, and what it had not begun is not written later', async () => {
  const written: string[] = [];
  let go = () => {};
  const commit = new GroupCommit(async (pieces) => {
    written.push(Buffer.concat(pieces).toString());
    await new Promise<void>((done) => {
      go = done;
    });
  }, 50);
  const first = commit.add(batch('a'));
  const second = commit.add(batch('b'));
  await expect(first).rejects.toBeInstanceOf(StoreUnavailable);
  await expect(second).rejects.toThrow('did not answer within 0.05 s');
  // It is back, and the senders come again.
  go();
  const again = [commit.add(batch('c')), commit.add(batch('d'))];
  while (written.length < 2) await new Promise((later) => setTimeout(later, 1));
  go();
  await Promise.race(again);
  go();
  expect(written.join('')).toBe('acd');
});
