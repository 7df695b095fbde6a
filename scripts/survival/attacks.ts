import { request } from 'node:http';
import { connect, type Socket } from 'node:net';
import { gzipSync } from 'node:zlib';
import { type House, type Listener, pause } from './house.ts';

/** Something that a hostile or broken client does until it is told to end. Never throws; being cut off is what it is for. */
export type Attack = (house: House, token: string, going: () => boolean) => Promise<void>;

const MEGABYTE = Buffer.alloc(1 << 20, 'a');

/** Hundreds of connections that send a byte a second, from twenty addresses. */
export const slow: Attack = async (house, _token, going) => {
  const words: Partial<Record<Listener, string>> = {
    http: `POST /_bulk HTTP/1.1\r\nhost: x\r\ncontent-length: 1000000\r\nx-slow: ${'a'.repeat(5_000)}`,
    syslog: `<13>${'slow '.repeat(5_000)}`,
    'syslog-tls': '\x16\x03\x01\x02\x00\x01',
    relp: `1 open 9000 ${'a'.repeat(9_000)}`,
  };
  const dribble = async (listener: Listener, number: number) => {
    while (going()) {
      const socket = dial(house, listener, `127.0.0.${10 + (number % 20)}`);
      const text = words[listener]!;
      for (let at = 0; going() && !socket.destroyed; at += 1) {
        socket.write(text[at % text.length]);
        await pause(1_000);
      }
      socket.destroy();
      await pause(200);
    }
  };
  const listeners = Object.keys(words) as Listener[];
  await Promise.all(listeners.flatMap((listener) => Array.from({ length: 100 }, (_, i) => dribble(listener, i))));
};

/** Requests and records of which half comes and then nothing, some with a right token. */
export const half: Attack = async (house, token, going) => {
  const halves: [Listener, string][] = [
    ['http', 'POST /_bulk HTTP/1.1\r\nhost: x\r\n'],
    [
      'http',
      `POST /_bulk HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${token}\r\ncontent-length: 5000000\r\n\r\n{"create":{}}\n`,
    ],
    ['syslog', '<13>half a record'],
    ['syslog', '5000 <13>half of a counted one'],
    ['relp', '1 open 30 relp_version=0'],
  ];
  const open: Socket[] = [];
  while (going()) {
    for (const [listener, text] of halves) {
      const socket = dial(house, listener, `127.0.0.${40 + (open.length % 20)}`);
      socket.write(text);
      open.push(socket);
    }
    while (open.length > 300) open.shift()?.destroy();
    await pause(100);
  }
  for (const socket of open) socket.destroy();
};

/** A line of 100 MB by each way. */
export const huge: Attack = async (house, token, going) => {
  while (going()) {
    for (const [listener, head] of [
      ['syslog', '<13>'],
      ['syslog', '104857604 <13>'],
      ['relp', '1 open 9 relp_vers\n2 syslog 104857600 '],
    ] as const) {
      const socket = dial(house, listener, '127.0.0.70');
      socket.write(head);
      for (let i = 0; i < 100 && going() && !socket.destroyed; i += 1)
        await new Promise<void>((sent) => socket.write(MEGABYTE, () => sent()));
      socket.destroy();
    }
    for (const path of ['/_bulk', '/ndjson']) {
      if (!going()) return;
      await post(house, path, token, path === '/_bulk' ? '{"create":{}}\n{"a":"' : '{"a":"', 99);
    }
  }
};

/** Records that are the worst to read, each within all limits: deep, wide, full of escapes, of numbers, of entities; and bombs of gzip. */
export const worst: Attack = async (house, token, going) => {
  const most = 1_000_000;
  const doctype = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">';
  const wide = (of: (i: number) => string, end = '}') => {
    let text = '{"winlog":{"channel":"Security","event_id":4688,"event_data":{"x":1';
    for (let i = 0; i < 65_535 && text.length < most; i += 1) text += `,${of(i)}`;
    return `${text}${end}}}`;
  };
  const records = [
    `{"a":${'['.repeat(most / 2)}${']'.repeat(most / 2)}}`,
    `${'{"a":'.repeat(most / 6)}1${'}'.repeat(most / 6)}`,
    wide((i) => `"f${i}":"v"`),
    wide((i) => `"f${i}":{"g":[1,{"h":${i}}]}`),
    wide((i) => `"${'k'.repeat(i % 2_000)}":"${'v'.repeat(2_000)}"`),
    `{"message":"${'\\u0041'.repeat(most / 6)}"}`,
    `{"winlog":{"event_id":4688,"event_data":{"CommandLine":"${'\\\\\\"'.repeat(most / 4)}"}}}`,
    `[${'1e308,'.repeat(most / 6)}1]`,
    `<Event xmlns="x">${'<a b="c">'.repeat(most / 10)}`,
    `${doctype}${Array.from({ length: 30 }, (_, i) => `<!ENTITY a${i} "${`&a${i - 1};`.repeat(10)}">`).join('')}]><x>&a29;</x>`,
    `<13>1 2026-11-25T12:00:00Z h a - - ${'[a@1 b="c"]'.repeat(most / 12)} x`,
    `CEF:0|v|p|1|1|n|5|${'a=b\\=c '.repeat(most / 8)}`,
    `${'k="v" '.repeat(most / 6)}`,
    'é'.repeat(most / 2),
    '\0'.repeat(most),
  ];
  const bomb = gzipSync(Buffer.alloc(99 << 20, '{}\n'));
  while (going())
    for (const [i, record] of records.entries()) {
      if (!going()) return;
      const line = record.replaceAll('\n', ' ');
      await send(house, '/_bulk', token, `{"create":{}}\n${line}\n`.repeat(4));
      await send(house, '/ndjson', token, `${line}\n`);
      await send(house, '/services/collector/event', token, `{"event":${JSON.stringify(line)},"host":"h"}`);
      if (i === 0) await send(house, '/ndjson', token, bomb, { 'content-encoding': 'gzip' });
    }
};

async function send(
  house: House,
  path: string,
  token: string,
  body: string | Buffer<ArrayBuffer>,
  more = {},
): Promise<void> {
  await fetch(`http://127.0.0.1:${house.port('http')}${path}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, ...more },
    body,
  }).then(
    (response) => response.arrayBuffer(),
    () => {},
  );
}

/** Lengths that lie, both ways. */
export const liars: Attack = async (house, token, going) => {
  const authorization = `authorization: Bearer ${token}\r\n`;
  const lies: [Listener, string][] = [
    ['http', `POST /_bulk HTTP/1.1\r\nhost: x\r\n${authorization}content-length: 5\r\n\r\n{"create":{}}\n{"a":1}\n`],
    ['http', `POST /_bulk HTTP/1.1\r\nhost: x\r\n${authorization}content-length: 99999999999\r\n\r\n{"create":{}}\n`],
    ['http', `POST /_bulk HTTP/1.1\r\nhost: x\r\n${authorization}content-length: -1\r\n\r\n`],
    [
      'http',
      `POST /_bulk HTTP/1.1\r\nhost: x\r\n${authorization}content-length: 3\r\ntransfer-encoding: chunked\r\n\r\nfffffff\r\n`,
    ],
    ['syslog', '3 <13>longer than it says\n'],
    ['syslog', '9999999 <13>shorter than it says\n'],
    ['relp', '1 open 2 relp_version=0\n2 syslog 9 x\n'],
    ['relp', '1 open 999999999 x\n'],
  ];
  while (going()) {
    for (const [listener, text] of lies) {
      const socket = dial(house, listener, '127.0.0.71');
      socket.write(text);
      await pause(10);
      socket.destroySoon();
    }
  }
};

/** A thousand wrong sign-ins from one address and a thousand from many, twenty at once; then again. `answers` counts them by status. */
export function signIns(answers: Map<number, number>): Attack {
  return async (house, _token, going) => {
    let number = 0;
    const guess = async () => {
      while (going()) {
        number += 1;
        const from = number % 2 === 0 ? '127.0.0.9' : `127.0.${1 + (number % 4)}.${1 + (number % 250)}`;
        const status = await guessOnce(house, from, number % 3 === 0 ? 'a@b.example' : `nobody-${number}@b.example`);
        answers.set(status, (answers.get(status) ?? 0) + 1);
        if (number > 2_000) await pause(50);
      }
    };
    await Promise.all(Array.from({ length: 20 }, guess));
  };
}

function guessOnce(house: House, localAddress: string, email: string): Promise<number> {
  const body = JSON.stringify({ email, password: `guess ${Math.random()}` });
  return new Promise((done) => {
    const asked = request(
      {
        host: '127.0.0.1',
        port: house.port('console'),
        localAddress,
        method: 'POST',
        path: '/api/v1/session',
        agent: false,
        headers: { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) },
      },
      (response) => response.resume().once('end', () => done(response.statusCode ?? 0)),
    );
    asked.once('error', () => done(0));
    asked.end(body);
  });
}

/** Sends a body of so many MiB as one line. */
function post(house: House, path: string, token: string, head: string, megabytes: number): Promise<void> {
  return new Promise((done) => {
    const asked = request(
      {
        host: '127.0.0.1',
        port: house.port('http'),
        localAddress: '127.0.0.72',
        method: 'POST',
        path,
        agent: false,
        headers: { authorization: `Bearer ${token}`, 'transfer-encoding': 'chunked' },
      },
      (response) => response.resume().once('end', () => done()),
    );
    asked.once('error', () => done());
    asked.once('close', () => done());
    const send = async () => {
      asked.write(head);
      for (let i = 0; i < megabytes && !asked.destroyed; i += 1)
        await new Promise<void>((sent) => asked.write(MEGABYTE, () => sent()));
      asked.end('"}\n');
    };
    void send();
  });
}

function dial(house: House, listener: Listener, localAddress: string): Socket {
  return connect({ host: '127.0.0.1', port: house.port(listener), localAddress })
    .on('error', () => {})
    .on('data', () => {});
}
