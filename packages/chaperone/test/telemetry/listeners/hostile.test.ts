import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { constants, type PerformanceEntry, PerformanceObserver } from 'node:perf_hooks';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Listening, listening, OTHER_TOKEN, TOKEN, until } from '../../../testkit/listening.ts';

let here: Listening;
beforeEach(async () => {
  here = await listening(undefined, { unfinished: 300 });
});
afterEach(() => here.close());

/** Listeners that give a record the time that they give it in earnest. */
async function patient(): Promise<void> {
  await here.close();
  here = await listening(undefined);
}

async function dial(kind: 'http' | 'syslog' | 'relp'): Promise<Socket> {
  const socket = connect(here.port(kind), '127.0.0.1');
  socket.on('error', () => {});
  await once(socket, 'connect');
  return socket;
}

async function rawHttp(text: string): Promise<string> {
  const socket = await dial('http');
  let said = '';
  socket.on('data', (chunk) => {
    said += chunk;
  });
  socket.write(text);
  await until(() => said.includes('\r\n\r\n') || socket.closed, 10);
  socket.destroy();
  return said;
}

const post = (path: string, body: string | Buffer, headers: Record<string, string> = {}) =>
  fetch(`http://127.0.0.1:${here.port('http')}${path}`, {
    method: 'POST',
    headers: { authorization: `Splunk ${TOKEN}`, ...headers },
    body: typeof body === 'string' ? body : new Uint8Array(body),
  });

/** Times that the collector went through everything, from now on. */
function collections(): () => number {
  let times = 0;
  const count = (entries: readonly PerformanceEntry[]) => {
    for (const entry of entries)
      if ((entry as { detail?: { kind?: number } }).detail?.kind === constants.NODE_PERFORMANCE_GC_MAJOR) times += 1;
  };
  const observer = new PerformanceObserver((list) => count(list.getEntries()));
  observer.observe({ entryTypes: ['gc'] });
  return () => {
    count(observer.takeRecords());
    observer.disconnect();
    return times;
  };
}

describe('syslog', () => {
  test('half a record and then silence ends the connection, and what came is kept', async () => {
    const socket = await dial('syslog');
    socket.write('<1>whole\n<2>half');
    await once(socket, 'close');
    await until(() => here.kept.texts().length === 2);
    expect(here.kept.texts()).toEqual(['<1>whole', '<2>half']);
    expect(here.refused).toEqual(['syslog: too_slow']);
  });

  test('a busy sender whose records never end where its packets end is not taken for a slow one', async () => {
    const socket = await dial('syslog');
    socket.write('<1>r');
    for (let i = 0; i < 20; i += 1) {
      await new Promise((resolve) => setTimeout(resolve, 50));
      socket.write('est\n<1>r');
    }
    socket.end('est\n');
    await once(socket, 'close');
    await until(() => here.kept.texts().length === 21);
    expect(here.refused).toEqual([]);
  });

  test('a sender that waits because the intake is full is not taken for a slow one, and loses nothing', async () => {
    here.trouble = 'busy';
    const socket = await dial('syslog');
    socket.write('<1>a\n<1>b');
    await until(() => here.turnedDown > 0);
    await new Promise((resolve) => setTimeout(resolve, 700));
    here.trouble = 'none';
    socket.end('\n<1>c\n');
    await until(() => here.kept.texts().length === 3);
    expect(here.kept.texts()).toEqual(['<1>a', '<1>b', '<1>c']);
    expect(here.refused).toEqual([]);
  });

  test('a line of 100 MB is cut, said, and takes no memory', async () => {
    const before = process.memoryUsage().rss;
    const socket = await dial('syslog');
    const piece = Buffer.alloc(1 << 20, 0x61);
    for (let i = 0; i < 100; i += 1) if (!socket.write(piece)) await once(socket, 'drain');
    socket.end('\n<1>next\n');
    await until(() => here.kept.texts().includes('<1>next'));
    expect(here.kept.texts()[0]).toHaveLength(64 * 1024);
    expect(here.refused).toEqual(['syslog: too_long']);
    expect(process.memoryUsage().rss - before).toBeLessThan(100 << 20);
  });
});

describe('RELP', () => {
  const opened = async () => {
    const socket = await dial('relp');
    const here = { socket, said: '' };
    socket.on('data', (chunk) => {
      here.said += chunk;
    });
    socket.write('1 open 0\n');
    await until(() => here.said.includes('1 rsp'));
    return here;
  };

  test('a record of a megabyte is taken whole; one beyond all measure is cut, told and answered, so that its sender goes on', async () => {
    await patient();
    const it = await opened();
    const send = async (txnr: number, record: Buffer) => {
      it.socket.write(`${txnr} syslog ${record.length} `);
      for (let at = 0; at < record.length; at += 1 << 20)
        if (!it.socket.write(record.subarray(at, at + (1 << 20)))) await once(it.socket, 'drain');
      it.socket.write('\n');
    };
    await send(2, Buffer.alloc(1_000_000, 0x61));
    await until(() => it.said.includes('2 rsp 6 200 OK'));
    await send(3, Buffer.alloc(12_000_000, 0x62));
    it.socket.write('4 syslog 4 <1>c\n');
    await until(() => it.said.includes('3 rsp 6 200 OK') && it.said.includes('4 rsp 6 200 OK'));
    expect(here.kept.texts().map((text) => text.length)).toEqual([1_000_000, 1 << 20, 4]);
    const cuts = here.kept.deliveries.flatMap(({ records }) => (records.cut === undefined ? [] : [records.cut]));
    expect(cuts).toEqual([{ records: 1, kept: 1 << 20, line: 'b'.repeat(200) }]);
    expect(here.refused).toEqual(['relp: too_long']);
  });

  test('many long frames that never end take bounded memory, and a sender of small ones goes on', async () => {
    await patient();
    const before = process.memoryUsage().rss;
    const greedy = await Promise.all(Array.from({ length: 40 }, opened));
    const piece = Buffer.alloc(1_200_000, 0x61);
    await Promise.all(
      greedy.map(async ({ socket }) => {
        socket.write('2 syslog 9999999 ');
        socket.write(piece);
      }),
    );
    await until(() => here.refused.includes('relp: busy'));
    const small = await opened();
    small.socket.write('2 syslog 4 <1>a\n');
    await until(() => small.said.includes('2 rsp 6 200 OK'));
    for (const { socket } of [...greedy, small]) socket.destroy();
    expect(process.memoryUsage().rss - before).toBeLessThan(200 << 20);
  });

  test('a frame that comes a byte at a time costs little, and is whole', async () => {
    await patient();
    const it = await opened();
    it.socket.setNoDelay(true);
    const began = process.cpuUsage();
    for (const byte of Buffer.from(`2 syslog 2000 ${'x'.repeat(2000)}\n`)) {
      it.socket.write(Buffer.of(byte));
      await new Promise((resolve) => setImmediate(resolve));
    }
    await until(() => it.said.includes('2 rsp 6 200 OK'));
    expect(here.kept.texts()).toEqual(['x'.repeat(2000)]);
    expect(process.cpuUsage(began).user).toBeLessThan(2e6);
  });

  test('what is no frame, and a frame that never ends, end the session', async () => {
    const bad = await dial('relp');
    bad.write('hello\n');
    await once(bad, 'close');
    const slow = await dial('relp');
    slow.write('1 open 9');
    await once(slow, 'close');
    expect(here.refused).toEqual(['relp: bad_framing', 'relp: too_slow']);
  });

  test('records before `open` are turned down, and a length that lies is no frame', async () => {
    const socket = await dial('relp');
    let said = '';
    socket.on('data', (chunk) => {
      said += chunk;
    });
    socket.write('1 syslog 4 <1>a\n2 open 0\n3 syslog 4 <1>b\n');
    await until(() => said.includes('3 rsp'));
    socket.write('4 syslog 2 <1>c\n');
    await once(socket, 'close');
    expect(said).toMatch(/^1 rsp \d+ 500 /);
    expect(said).toContain('3 rsp 6 200 OK\n');
    expect(here.kept.texts()).toEqual(['<1>b']);
  });
});

describe('a sender whose binding was taken away while it was connected', () => {
  test.each(['syslog', 'relp'] as const)('is heard no more by %s, and its connection ends', async (kind) => {
    const socket = await dial(kind);
    let said = '';
    socket.on('data', (chunk) => {
      said += chunk;
    });
    const record = (n: number) => (kind === 'syslog' ? `<1>${n}\n` : `${n} syslog 4 <1>${n}\n`);
    socket.write(kind === 'syslog' ? record(1) : `1 open 0\n${record(2)}`);
    await until(() => here.kept.texts().length === 1);
    here.unbound = true;
    socket.write(record(3));
    await once(socket, 'close');
    expect(here.kept.texts()).toHaveLength(1);
    expect(said).not.toContain('3 rsp');
    expect(here.refused).toEqual([`${kind}: unknown_sender`]);
  });
});

test.each(['syslog', 'http'] as const)(
  'what is left out of long lines by %s is given back at once: the collector has little to do',
  async (kind) => {
    const socket = await dial(kind);
    const counted = collections();
    const piece = Buffer.alloc(1 << 20, 0x61);
    if (kind === 'http')
      socket.write(
        `POST /ndjson HTTP/1.1\r\nHost: x\r\nAuthorization: Splunk ${TOKEN}\r\nContent-Length: ${99 << 20}\r\n\r\n`,
      );
    for (let i = kind === 'http' ? 0 : -200; i < 99; i += 1) if (!socket.write(piece)) await once(socket, 'drain');
    if (kind === 'syslog') socket.end('\n');
    await until(() => here.refused.includes(`${kind}: too_long`));
    socket.destroy();
    expect(counted()).toBeLessThan(3);
  },
);

describe('HTTP', () => {
  test('a record beyond all measure is cut and told, and the rest of the request goes on', async () => {
    const body = `{"a":1}\n{"b":"${'x'.repeat(11_000_000)}"}\n{"c":1}\n`;
    expect((await post('/ndjson', body)).status).toBe(200);
    expect(here.kept.texts().map((text) => text.length)).toEqual([7, 1 << 20, 7]);
    expect(here.kept.deliveries[0].records.cut).toMatchObject({ records: 1, kept: 1 << 20 });
    expect(here.refused).toEqual(['http: too_long']);
  });

  test('lines of 100 MB by eight at once are cut as they come: they hold no memory, and small ones go on meanwhile', async () => {
    const before = process.memoryUsage().rss;
    const piece = Buffer.alloc(1 << 20, 0x61);
    let most = 0;
    const long = Array.from({ length: 8 }, async (_, i) => {
      const socket = (await dial('http')).setMaxListeners(0);
      const answered = once(socket, 'data');
      const head = i % 2 === 0 ? ['_bulk', '{"create":{}}\n'] : ['ndjson', ''];
      socket.write(
        `POST /${head[0]} HTTP/1.1\r\nHost: x\r\nAuthorization: Splunk ${TOKEN}\r\nContent-Length: ${(99 << 20) + head[1].length + 1}\r\n\r\n${head[1]}`,
      );
      for (let at = 0; at < 99; at += 1) {
        if (!socket.write(piece)) await once(socket, 'drain');
        most = Math.max(most, process.memoryUsage().rss);
      }
      socket.write('\n');
      const [answer] = await answered;
      socket.destroy();
      return String(answer).slice(0, 12);
    });
    expect((await post('/ndjson', '{"a":1}')).status).toBe(200);
    expect(new Set(await Promise.all(long))).toEqual(new Set(['HTTP/1.1 200']));
    expect(here.kept.deliveries.filter(({ records }) => records.cut?.kept === 1 << 20)).toHaveLength(8);
    expect(most - before).toBeLessThan(200 << 20);
  });

  test.each([
    ['/ndjson', '1\n'],
    ['/_bulk', '{"create":{}}\n{}\n'],
    ['/services/collector/raw', '1\n'],
  ])('to %s no more records may come in one request than memory bears', async (path, record) => {
    expect((await post(path, record.repeat(200_000))).status).toBe(200);
    expect((await post(path, record.repeat(200_001))).status).toBe(413);
    expect((await post(path, record.repeat(5_000_000))).status).toBe(413);
  });

  test('large bodies at once are held back with the time to wait, and memory stays bounded', async () => {
    const before = process.memoryUsage().rss;
    const begun = await Promise.all(
      Array.from({ length: 8 }, async () => {
        const socket = (await dial('http')).setMaxListeners(0);
        const answer = { text: '', socket };
        socket.on('data', (chunk) => {
          answer.text += chunk;
        });
        socket.write(
          `POST /_bulk HTTP/1.1\r\nHost: x\r\nAuthorization: Splunk ${TOKEN}\r\nContent-Length: 100000000\r\n\r\n`,
        );
        const piece = Buffer.alloc(1 << 20, `${'a'.repeat(1023)}\n`);
        for (let i = 0; i < 80 && answer.text === ''; i += 1)
          if (!socket.write(piece))
            await Promise.race([once(socket, 'drain'), once(socket, 'data'), once(socket, 'close')]);
        return answer;
      }),
    );
    const held = begun.filter(({ text }) => text.startsWith('HTTP/1.1 429'));
    expect(held.length).toBeGreaterThanOrEqual(6);
    expect(held[0].text.toLowerCase()).toContain('retry-after: 1');
    // One source has no more than half of the room: another finds its own.
    const other = await post('/ndjson', `${'b'.repeat(1_023)}\n`.repeat(30_000), {
      authorization: `Splunk ${OTHER_TOKEN}`,
    });
    expect(other.status).toBe(200);
    for (const { socket } of begun) socket.destroy();
    expect(process.memoryUsage().rss - before).toBeLessThan(600 << 20);
    // What was reserved was given back.
    await expect.poll(async () => (await post('/_bulk', '{"index":{}}\n{}\n')).status).toBe(200);
  });

  test('a page in a browser can’t write logs in the name of the machine that it is shown on', async () => {
    here.bound = true;
    const send = (headers: Record<string, string>) =>
      fetch(`http://127.0.0.1:${here.port('http')}/ndjson`, { method: 'POST', headers, body: '{"a":1}' });
    expect((await send({})).status).toBe(200);
    expect((await send({ origin: 'https://evil.example' })).status).toBe(401);
  });

  test.each(['//', '/\\', 'http://[', '*', '/%zz', '/_bulk?%'])(
    'the address %s is answered, and the next request too',
    async (path) => {
      expect(await rawHttp(`GET ${path} HTTP/1.1\r\nHost: x\r\n\r\n`)).toMatch(/^HTTP\/1.1 4\d\d/);
      expect((await post('/ndjson', '{"a":1}')).status).toBe(200);
    },
  );

  test('a flood of headers is turned down', async () => {
    const headers = Array.from({ length: 3_000 }, (_, i) => `x-${i}: y\r\n`).join('');
    expect(await rawHttp(`GET / HTTP/1.1\r\nHost: x\r\n${headers}\r\n`)).toMatch(/^(HTTP\/1.1 431|$)/);
  });

  test.each([
    ['gzip', gzipSync],
    ['zstd', zstdCompressSync],
  ] as const)('a bomb of %s is turned down with 413 in bounded memory', async (encoding, pack) => {
    const bomb = pack(Buffer.alloc(300 << 20));
    globalThis.gc?.();
    const before = process.memoryUsage().rss;
    const answer = await post('/_bulk', bomb, { 'content-encoding': encoding });
    expect(answer.status).toBe(413);
    expect(process.memoryUsage().rss - before).toBeLessThan(200 << 20);
  });

  test('what is not packed as it says, or in a way not known, is told', async () => {
    expect((await post('/_bulk', 'plain', { 'content-encoding': 'gzip' })).status).toBe(400);
    expect((await post('/_bulk', 'plain', { 'content-encoding': 'lzma' })).status).toBe(415);
  });

  test('deep JSON is taken as it is or turned down, and never a fault', async () => {
    const deep = '['.repeat(200_000) + ']'.repeat(200_000);
    expect((await post('/ndjson', `{"a":${deep}}`)).status).toBe(200);
    expect((await post('/services/collector/event', `{"event":${deep}}`)).status).toBeLessThan(500);
    expect(
      (await post('/v1/logs', `{"resourceLogs":${deep}}`, { 'content-type': 'application/json' })).status,
    ).toBeLessThan(500);
    expect((await post('/ndjson', `[${deep}]`)).status).toBeLessThan(500);
  });

  test('without a token, or with a wrong one, nothing is taken', async () => {
    const wrong = { authorization: 'Bearer chi_other' };
    expect((await post('/_bulk', '{"index":{}}\n{}\n', wrong)).status).toBe(401);
    const hec = await post('/services/collector/event', '{"event":"a"}', { authorization: 'Splunk chi_other' });
    expect([hec.status, await hec.json()]).toEqual([403, { text: 'Invalid token', code: 4 }]);
    expect(here.kept.texts()).toEqual([]);
  });

  test('busy is 429, a store that is gone 503, both with Retry-After, and nothing counts as taken', async () => {
    for (const [trouble, status] of [
      ['busy', 429],
      ['gone', 503],
    ] as const) {
      here.trouble = trouble;
      const answer = await post('/_bulk', '{"index":{}}\n{}\n');
      expect([answer.status, answer.headers.get('retry-after')]).toEqual([status, '1']);
      const hec = await post('/services/collector/event', '{"event":"a"}');
      expect([hec.status, await hec.json()]).toEqual([503, { text: 'Server is busy', code: 9 }]);
    }
    expect(here.kept.texts()).toEqual([]);
  });
});

describe('the bytes of records', () => {
  test('HEC keeps an event’s own text: large numbers, spaces, escapes; the last of two wins', async () => {
    const body = `{"event":{"id": 12345678901234567890, "t":"\\u00e4,}{"}}{"event":"text\\n2"} {"event":{"a":1},"ev\\u0065nt":{"b": 2}}`;
    const answer = await post('/services/collector', body);
    expect(await answer.json()).toEqual({ text: 'Success', code: 0 });
    expect(here.kept.texts()).toEqual(['{"id": 12345678901234567890, "t":"\\u00e4,}{"}', 'text\n2', '{"b": 2}']);
  });

  test('a JSON array’s elements keep their own text', async () => {
    const body = '[ {"id": 12345678901234567890, "t":"],\\\\"} ,\n[1, 2],"a,b", 3 ]';
    expect((await post('/ndjson', body)).status).toBe(200);
    expect(here.kept.texts()).toEqual(['{"id": 12345678901234567890, "t":"],\\\\"}', '[1, 2]', '"a,b"', '3']);
  });

  test('an acknowledgement belongs to the channel that sent, and is true once stored', async () => {
    const channel = { 'x-splunk-request-channel': 'c1' };
    expect(await (await post('/services/collector/event', '{"event":"a"}', channel)).json()).toMatchObject({
      ackId: 0,
    });
    expect(await (await post('/services/collector/ack', '{"acks":[0,1]}', channel)).json()).toEqual({
      acks: { 0: true, 1: false },
    });
  });
});
