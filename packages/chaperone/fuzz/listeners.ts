import { createRecordDecoder } from '../src/telemetry/index.ts';
import { parseBulk } from '../src/telemetry/listeners/http/bulk.ts';
import { parseHec } from '../src/telemetry/listeners/http/hec.ts';
import { eachElement } from '../src/telemetry/listeners/http/lines.ts';
import { parseOtlp } from '../src/telemetry/listeners/http/otlp.ts';
import { RelpFramer } from '../src/telemetry/listeners/relp-framer.ts';
import { SyslogFramer } from '../src/telemetry/listeners/syslog-framer.ts';

const decoder = createRecordDecoder({ name: 'fuzz', zone: 'UTC' });
const texts =
  (...seeds: string[]) =>
  () =>
    seeds.map((seed) => new Uint8Array(Buffer.from(seed)));
const OTLP = '{"resourceLogs":[{"scopeLogs":[{"logRecords":[{"timeUnixNano":"1","body":{"stringValue":"a"}}]}]}]}';

/** The records of a stream that comes in pieces of `step` bytes. */
function frame(stream: Buffer, step: number): string {
  let told = '';
  const framer = new SyslogFramer(
    { onRecord: (record) => (told += `${Buffer.from(record).toString('hex')}\n`), onTrouble: (why) => (told += why) },
    512,
  );
  for (let at = 0; at < stream.length; at += step) framer.feed(stream.subarray(at, at + step));
  framer.end();
  return told;
}

/** The frames of a stream that comes in pieces of `step` bytes; what was reserved must be given back. */
function relp(stream: Buffer, step: number): string {
  let told = '';
  let reserved = 0;
  const framer = new RelpFramer({
    longest: 512,
    reserve: (bytes) => {
      reserved += bytes;
      return true;
    },
    release: (bytes) => {
      reserved -= bytes;
    },
  });
  for (let at = 0; at < stream.length; at += step) {
    for (const { txnr, command, data, cut } of framer.feed(stream.subarray(at, at + step)))
      told += `${txnr} ${command} ${data.toString('hex')} ${cut}\n`;
  }
  told += framer.trouble;
  framer.end();
  if (reserved !== 0) throw new Error(`${reserved} bytes stay reserved`);
  return told;
}

export default [
  {
    name: 'listeners-syslog',
    seeds: texts('8 <34>1 ab<1>line\n<2>nul\x0010 <3>counted\n', '99999 <1>lies\n'),
    run(data: Uint8Array) {
      const stream = Buffer.from(data.subarray(0, 8192));
      if (frame(stream, stream.length || 1) !== frame(stream, 7)) throw new Error('the cut of the stream matters');
    },
  },
  {
    name: 'listeners-relp',
    seeds: texts('1 open 14 relp_version=0\n2 syslog 5 <1>ab\n3 close 0\n'),
    run(data: Uint8Array) {
      const stream = Buffer.from(data.subarray(0, 8192));
      if (relp(stream, stream.length || 1) !== relp(stream, 7)) throw new Error('the cut of the stream matters');
    },
  },
  {
    name: 'listeners-http',
    seeds: texts(
      '{"index":{"_index":"a"}}\n{"m":1}\n{"delete":{}}\n',
      '{"event":{"a":1},"host":"h"}{"event":"b"}',
      '[1,"a",{}]',
    ),
    run(data: Uint8Array) {
      const body = Buffer.from(data);
      parseBulk(body, 'logs');
      parseHec(body.toString('utf8'));
      eachElement(body, () => {});
    },
  },
  {
    name: 'listeners-carried',
    seeds: texts(
      '{"@carried":"hec","time":1,"host":"h","fields":{"a":1},"event":"Nov 20 10:00:00 g sshd[1]: Accepted password for e from 1.2.3.4 port 1 ssh2"}',
      '{"@carried":"otlp","resource":{"host.name":"h"},"attributes":{"a":[1]},"time_unix_nano":"1","body":{"channel":"Security"}}',
    ),
    run(data: Uint8Array) {
      const event = decoder.decode(Buffer.from(data).toString('utf8'), { file: 'f', record: 1 }, 0);
      if (event === undefined || 'kind' in event) return;
      for (const name of ['hostname', 'message', 'hec.fields.a', 'a', 'user']) event.get(name);
      event.values(() => {});
      if (JSON.stringify(event.fields()) === undefined || event.raw() === '')
        throw new Error('an event without fields or text');
    },
  },
  {
    name: 'listeners-otlp',
    seeds: () => [...texts(OTLP)(), new Uint8Array(Buffer.from('0a0d120b12092a070a0568656c6c6f', 'hex'))],
    run(data: Uint8Array) {
      for (const json of [true, false])
        try {
          parseOtlp(Buffer.from(data), json);
        } catch (error) {
          if (!(error instanceof Error)) throw error;
        }
    },
  },
];
