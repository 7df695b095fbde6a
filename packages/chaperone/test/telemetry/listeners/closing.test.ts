import { once } from 'node:events';
import { connect } from 'node:net';
import { expect, test } from 'vitest';
import { listening, until } from '../../../testkit/listening.ts';

test('what a sender left behind when it went is stored before the listener is closed', async () => {
  const here = await listening(undefined);
  here.trouble = 'gone';
  const socket = connect(here.port('syslog'), '127.0.0.1');
  await once(socket, 'connect');
  socket.end('<1>left behind\n');
  await once(socket, 'close');
  await until(() => here.turnedDown > 0);
  here.trouble = 'none';
  await here.close();
  expect(here.kept.texts()).toEqual(['<1>left behind']);
});
