import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { run } from '../../../src/cli/run.ts';
import { memoryIo } from '../../../testkit/memory-io.ts';
import { runningService, type TestService } from '../../../testkit/running-service.ts';

let it: TestService;
const AT = '/organizations/ward';

beforeAll(async () => {
  it = await runningService();
}, 180_000);
afterAll(() => it?.close());

test('what was sealed because it could not be masked is opened by a command, which the trail tells of', async () => {
  const { id, token } = await it.source('archive', 'ndjson');
  await it.call('PATCH', `${AT}/sources/${id}`, { masking: [{ field: 'patient', how: 'mask' }] });
  const secret = 'no log that anybody knows, of the patient Erika Mustermann';
  await it.until(async () => {
    const sent = await fetch(`http://127.0.0.1:${it.port('http')}/lines`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}` },
      body: `${secret}\n`,
    });
    return sent.ok;
  }, 30);
  const command = async (...words: string[]) => {
    const io = memoryIo({ cwd: it.folder });
    const code = await run(['unseal', '--data', join(it.folder, 'data'), ...words], io);
    return { code, said: io.out(), wrong: io.err() };
  };
  const asked = ['--organization', 'ward', '--reason', 'Case 17'];
  const all = await command(...asked);
  const lines = all.said
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  expect(lines).toEqual([{ event: expect.any(String), record: secret }]);
  expect(all.code).toBe(0);
  const [{ event }] = lines;
  const stored = await it.call<{ raw: string }>('GET', `${AT}/events/${event}`);
  expect(stored.body.raw).toMatch(/^sealed:[\w-]+$/);
  const named = await command(...asked, event, '00000000-0000-4000-8000-000000000000');
  expect(named.code).toBe(1);
  expect(named.said.split('\n').map((line) => line.includes('Mustermann'))).toEqual([true, false, false]);
  expect((await command('--organization', 'nowhere', '--reason', 'x')).wrong).toContain('no organisation');
  expect((await command('--organization', 'ward', '--reason', ' ')).wrong).toContain('The reason is missing');
  const trail = await it.call<{ items: { outcome: string; object_id: string; detail: unknown; actor_name: string }[] }>(
    'GET',
    `${AT}/audit?action=event.unseal`,
  );
  expect(trail.body.items.map(({ outcome, object_id }) => [outcome, object_id === event])).toEqual([
    ['failure', false],
    ['success', true],
    ['success', true],
  ]);
  expect(trail.body.items[0]).toMatchObject({
    detail: { reason: 'Case 17' },
    actor_name: expect.stringMatching(/^command line \(/),
  });
  expect(JSON.stringify(trail.body)).not.toContain('Mustermann');
}, 120_000);
