import { loadRules } from '@chaperone/sigma';
import { expect, test } from 'vitest';
import { blindRules, learningOf } from '../../../src/detection/index.ts';
import { recordBatch } from '../../../testkit/record-batch.ts';
import { testStores } from '../../../testkit/storage/test-stores.ts';
import { testIntake } from '../../../testkit/test-intake.ts';

const { state, events } = await testStores();

const rule = (title: string, number: number, logsource: string) =>
  `title: ${title}\nid: 6f0c4c1e-${number}-4111-8111-111111111111\nname: r${number}\nlogsource: ${logsource}\ndetection: { s: { a: b }, condition: s }\nlevel: low\n`;
const SET = loadRules([
  {
    file: 'rules.yml',
    text: [
      rule('Only sshd', 1001, '{ product: linux, service: sshd }'),
      rule('Only su', 1002, '{ product: linux, service: su }'),
      rule('Any Linux', 1003, '{ product: linux }'),
      rule('Nothing here', 1004, '{ product: okta }'),
      'title: Several\nid: 6f0c4c1e-1005-4111-8111-111111111111\ncorrelation: { type: event_count, rules: [r1001], group-by: [user], timespan: 5m, condition: { gte: 3 } }\nlevel: low\n',
    ].join('---\n'),
  },
]);

test('a source that falls silent blinds the rules that nothing else feeds, and no others', async () => {
  expect(SET.refused).toEqual([]);
  const live = await testIntake(state, events);
  const ssh = await live.source('ssh');
  const su = await live.source('su');
  const send = (source: string, text: string) =>
    live.intake.accept({
      organization: live.organization,
      source,
      records: recordBatch([text]),
      received: Date.now() * 1000,
      delivery: 'acknowledged',
      listener: 'test',
    });
  await send(ssh, '<38>Nov 20 10:00:00 store01 sshd[7]: Failed password for root from 198.51.100.4 port 22 ssh2');
  await send(su, '<38>Nov 20 10:00:01 store01 su[8]: FAILED SU (to root) anna on pts/1');
  const blind = async (source: string, silent: readonly string[]) => {
    const found = await blindRules(events, live.organization, SET, source, new Set(silent), Date.now());
    return [found.rules, found.correlations].map((all) => all.map(({ title }) => title));
  };
  expect(await blind(ssh, [ssh])).toEqual([['Only sshd'], ['Several']]);
  expect(await blind(su, [su])).toEqual([['Only su'], []]);
  expect(await blind(su, [ssh, su])).toEqual([['Only su', 'Any Linux'], []]);
  await live.intake.settle();
  const learning = await state.within(live.organization, (tx) => learningOf(tx, Date.now() + 3 * 86_400_000));
  expect(learning.get(ssh)).toEqual({ days: 3, of: 7 });
  expect((await state.within(live.organization, (tx) => learningOf(tx, Date.now() + 8 * 86_400_000))).size).toBe(0);
  await live.intake.close();
}, 60_000);
