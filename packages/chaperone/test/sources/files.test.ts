import {
  appendFileSync,
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { writeEvtx } from '../../../evtx/testkit/index.ts';
import { acceptUpload, UploadTooLarge } from '../../src/sources/files/accept-upload.ts';
import type { FolderCursor } from '../../src/sources/files/folder-cursor.ts';
import { scanFolder } from '../../src/sources/files/scan-folder.ts';
import { createRecordDecoder } from '../../src/telemetry/index.ts';
import { busy, type KeptIntake, keptIntake } from '../../testkit/sources/kept-intake.ts';

const source = { id: '01890000-0000-7000-8000-0000000000aa', organization_id: '01890000-0000-7000-8000-000000000001' };
const line = (number: number) =>
  `<34>1 2026-05-0${(number % 9) + 1}T00:00:00Z fw sshd ${number} - - Failed password for root`;

let folder: string;
let intake: KeptIntake;
let cursor: FolderCursor;
let now: number;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'chaperone-folder-'));
  intake = keptIntake();
  cursor = { files: {} };
  now = 1_000_000;
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

async function look(include?: string) {
  const save = async (saved: FolderCursor) => {
    cursor = JSON.parse(JSON.stringify(saved));
  };
  const settings = { path: folder, ...(include === undefined ? {} : { include }) };
  const outcome = await scanFolder(source, settings, cursor, { intake, now: () => now, save });
  now += 10_000;
  return outcome;
}
const at = (name: string) => join(folder, name);
const lines = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, index) => `${line(from + index)}\n`).join('');

describe('scanFolder', () => {
  it('reads a growing file on, and lets half a line wait', async () => {
    writeFileSync(at('fw.log'), lines(0, 3));
    await look();
    appendFileSync(at('fw.log'), `${line(3)}\n${line(4).slice(0, 30)}`);
    await look();
    expect(intake.texts()).toEqual([0, 1, 2, 3].map(line));
    await look();
    appendFileSync(at('fw.log'), `${line(4).slice(30)}\r\n`);
    await look();
    expect(intake.texts()).toEqual([0, 1, 2, 3, 4].map(line));
    expect(intake.events()).toBe(5);
  });

  it('takes half a line at the end once nothing has come for long', async () => {
    writeFileSync(at('fw.log'), `${line(0)}\n${line(1)}`);
    await look();
    await look();
    now += 700_000;
    await look();
    expect(intake.texts()).toEqual([line(0), line(1)]);
  });

  it('follows a rotation by rename', async () => {
    writeFileSync(at('fw.log'), lines(0, 3));
    await look();
    appendFileSync(at('fw.log'), lines(3, 5));
    renameSync(at('fw.log'), at('fw.log.1'));
    writeFileSync(at('fw.log'), lines(5, 7));
    await look();
    expect(intake.texts().sort()).toEqual([0, 1, 2, 3, 4, 5, 6].map(line).sort());
    await look();
    expect(intake.texts()).toHaveLength(7);
  });

  it('follows a rotation by copy and truncate', async () => {
    writeFileSync(at('fw.log'), lines(0, 30));
    await look();
    appendFileSync(at('fw.log'), lines(30, 32));
    copyFileSync(at('fw.log'), at('fw.log.1'));
    truncateSync(at('fw.log'), 0);
    appendFileSync(at('fw.log'), lines(40, 43));
    await look();
    const expected = [...Array.from({ length: 32 }, (_, index) => index), 40, 41, 42].map(line);
    expect(intake.texts().sort()).toEqual(expected.sort());
    await look();
    expect(intake.events()).toBe(35);
  });

  it('repeats what was not stored, and only that', async () => {
    writeFileSync(at('fw.log'), lines(0, 3));
    intake.failures.push(busy(), new Error('the store is gone'));
    await expect(look()).rejects.toThrow('the store is gone');
    expect(cursor.files).toEqual({});
    await look();
    expect(intake.texts()).toEqual([0, 1, 2].map(line));
  });

  it('reads packed files, documents and event logs whole, once they are stable', async () => {
    writeFileSync(at('a.log.gz'), gzipSync(lines(0, 2)));
    writeFileSync(at('trail.json'), JSON.stringify({ Records: [1, 2].map(trailRecord) }, undefined, 2));
    writeFileSync(at('Security.evtx'), eventLog(2));
    await look();
    expect(intake.texts()).toEqual([]);
    await look();
    expect(intake.texts()).toHaveLength(6);
    const xml = intake.texts().filter((text) => text.startsWith('<Event'));
    expect(xml).toHaveLength(2);
    const decoder = createRecordDecoder({ name: 'test', zone: 'UTC' });
    for (const text of intake.texts())
      expect(decoder.decode(text, { file: 'x', record: 1 }, 0)).toMatchObject({ class: { key: expect.any(String) } });
    await look();
    expect(intake.texts()).toHaveLength(6);
  });

  it('brings the columns along with each portion of a file that has them', async () => {
    const head =
      '#Software: Microsoft Internet Information Services 10.0\n#Version: 1.0\n#Fields: date time c-ip cs-method cs-uri-stem sc-status\n';
    const row = (second: number) => `2026-05-01 00:00:0${second} 192.0.2.1 GET /a 200\n`;
    writeFileSync(at('iis.log'), head + row(1));
    await look();
    appendFileSync(at('iis.log'), row(2));
    await look();
    expect(intake.texts().slice(4)).toEqual([...head.trim().split('\n'), row(2).trim()]);
    // the new row keeps its own position: three lines of header stand before it
    expect(intake.deliveries[1]?.origin?.record).toBe(4 - 3);
  });

  it('follows no links, takes only what is included, and says what can’t be read', async () => {
    mkdirSync(at('in'));
    writeFileSync(at('in/a.log'), lines(0, 1));
    writeFileSync(at('in/a.txt'), lines(1, 2));
    writeFileSync(at('in/.hidden.log'), lines(2, 3));
    symlinkSync('/etc/passwd', at('in/passwd.log'));
    writeFileSync(at('in/x.log'), Buffer.from('MZ\u0090\u0000\u0003\u0000'.repeat(200), 'latin1'));
    await look('**/*.log');
    const { files } = await look('**/*.log');
    expect(intake.texts()).toEqual([line(0)]);
    expect(files.flatMap(({ problems }) => problems)).toMatchObject([{ code: 'format_binary' }]);
    rmSync(folder, { recursive: true });
    expect((await look()).error).toMatch(/There is no folder/);
  });
});

describe('acceptUpload', () => {
  const send = (content: Buffer | string, name = 'a.log', options = {}) =>
    acceptUpload(source, name, Readable.from([content]), intake, options);

  it('reads any format, packed or not, the same content once', async () => {
    const progress: number[] = [];
    const more = { onProgress: ({ bytes }: { bytes: number }) => progress.push(bytes) };
    expect(await send(gzipSync(lines(0, 3)), '../a.log.gz', more)).toMatchObject({
      records: 3,
      files: [{ name: 'a.log.gz', records: 3, problems: [] }],
    });
    expect(progress.at(-1)).toBeGreaterThan(0);
    await send(gzipSync(lines(0, 3)), 'other name.gz');
    expect(intake.events()).toBe(3);
    expect(intake.texts().slice(0, 3)).toEqual([0, 1, 2].map(line));
  });

  it('keeps equal lines of one file apart', async () => {
    await send(`${line(1)}\n${line(1)}\n`);
    expect(intake.events()).toBe(2);
  });

  it('gives each record of an event log as XML', async () => {
    expect(await send(eventLog(500), 'Security.evtx')).toMatchObject({
      records: 500,
    });
    expect(intake.texts()[0]).toMatch(/^<Event .*<EventID>4624<\/EventID>/);
  });

  it('says in words what can’t be read', async () => {
    const { files } = await send(Buffer.from('%PDF-1.7 ...'), 'report.pdf');
    expect(files).toMatchObject([
      { records: 0, problems: [{ code: 'format_binary', message: 'report.pdf is a PDF' }] },
    ]);
    expect((await send(gzipSync(lines(0, 500)).subarray(0, 60), 'cut.gz')).files[0]?.problems[0]?.code).toBe(
      'archive_truncated',
    );
    expect((await send('', 'empty.log')).files[0]?.problems[0]?.code).toBe('file_empty');
    await expect(send(Buffer.alloc(2_000), 'big.log', { maxBytes: 1_000 })).rejects.toThrow(UploadTooLarge);
  });
});

function eventLog(records: number): Buffer {
  const time = Date.UTC(2026, 4, 1);
  return Buffer.from(
    writeEvtx(
      Array.from({ length: records }, () => ({
        provider: 'Microsoft-Windows-Security-Auditing',
        channel: 'Security',
        computer: 'dc01',
        eventId: 4624,
        time,
        data: { TargetUserName: 'anna', LogonType: '3' },
      })),
    ),
  );
}

function trailRecord(number: number) {
  return {
    eventVersion: '1.08',
    eventTime: '2026-05-01T00:00:00Z',
    eventSource: 'iam.amazonaws.com',
    eventName: `CreateUser${number}`,
    awsRegion: 'us-east-1',
    sourceIPAddress: '192.0.2.1',
    userIdentity: { type: 'IAMUser', userName: 'anna' },
    eventID: String(number),
  };
}
