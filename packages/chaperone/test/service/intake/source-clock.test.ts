import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { SourceBook } from '../../../src/service/intake/source-book.ts';
import type { OpenStateStore } from '../../../src/storage/index.ts';
import { type TestState, testState } from '../../../testkit/storage/test-state.ts';

const MINUTE = 60_000_000;
const START = Date.UTC(2026, 5, 1, 12) * 1000;

let server: TestState;
let state: OpenStateStore;

beforeAll(async () => {
  server = await testState();
  ({ store: state } = await server.fresh());
});
afterAll(() => server?.close());

/** What is kept of a source's clock after it told of these offsets, in minutes, one a minute. */
async function told(offsets: readonly number[]) {
  const [organization, source] = [randomUUID(), randomUUID()];
  await state.everywhere((tx) =>
    tx
      .insertInto('organization')
      .values({ id: organization, slug: organization, name: 'Clinic', side: 'client', zone: 'UTC' })
      .execute(),
  );
  await state.within(organization, (tx) =>
    tx
      .insertInto('source')
      .values({
        id: source,
        organization_id: organization,
        slug: 'dc',
        name: 'DC01',
        kind: 'elastic',
        masking: '[]',
        settings: '{}',
      })
      .execute(),
  );
  const book = new SourceBook(state);
  for (const [minute, offset] of offsets.entries()) {
    const received = START + minute * MINUTE;
    const rest = { events: 1, bytes: 1, misread: [], hits: [] };
    book.note({ organization, source, received, newest: received - offset * MINUTE, offset: offset * MINUTE, ...rest });
    await book.write();
  }
  const health = await state.within(organization, (tx) =>
    tx.selectFrom('source_health').selectAll().where('source_id', '=', source).executeTakeFirstOrThrow(),
  );
  const { clock_offset, clock_anchored_at, clock_told_at } = health;
  return {
    offset: Number(clock_offset) / MINUTE,
    steady: (clock_told_at!.getTime() - clock_anchored_at!.getTime()) / 60_000,
  };
}

test('a clock that is off by the same is told from a backlog that is caught up with', async () => {
  expect(await told([60, 61, 60, 59.5, 60, 60])).toEqual({ offset: 60, steady: 5 });
  expect(await told([9000, 7000, 4000, 1000, 60, 60])).toEqual({ offset: 60, steady: 1 });
  expect(await told([60, Number.NaN, Number.NaN, 60, Number.NaN])).toEqual({ offset: 60, steady: 3 });
  // what creeps is told by where it began, not by the step before
  expect(await told([60, 61, 62, 63, 64, 65])).toEqual({ offset: 65, steady: 2 });
});
