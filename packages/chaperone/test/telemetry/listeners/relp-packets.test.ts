import { once } from 'node:events';
import { connect } from 'node:net';
import { expect, test } from 'vitest';
import { listening, until } from '../../../testkit/listening.ts';

test('records that came in packets of their own while others were stored are stored together', async () => {
  const here = await listening(undefined);
  here.trouble = 'gone';
  const socket = connect({ host: '127.0.0.1', port: here.port('relp'), noDelay: true });
  await once(socket, 'connect');
  let heard = '';
  socket.setEncoding('latin1').on('data', (chunk: string) => {
    heard += chunk;
  });
  socket.write('1 open 14 relp_version=0\n');
  await until(() => heard.includes('200 OK'));
  for (let number = 2; number < 102; number += 1) {
    socket.write(`${number} syslog 8 <13>abcd\n`);
    await new Promise((later) => setTimeout(later, 2));
  }
  await until(() => here.turnedDown > 0);
  here.trouble = 'none';
  await until(() => heard.includes('101 rsp 6 200 OK'));
  expect(here.kept.texts().length).toBe(100);
  expect(here.kept.deliveries.length).toBeLessThanOrEqual(3);
  socket.destroy();
  await here.close();
});
