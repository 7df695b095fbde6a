import { createHash } from 'node:crypto';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { AwsClient } from 'aws4fetch';
import { FetchFailure } from '../../telemetry/index.ts';
import { isoSecond, type Pull, type PullContext, type PullCursor, recordBytes, timeIn } from './pull.ts';
import type { SettingsOf } from './settings.ts';

type Settings = SettingsOf<'cloudtrail'>;

/** CloudTrail's files come some five minutes after their stamp, seldom an hour: so far back is looked again. */
const OVERLAP = 90 * 60_000;
/** Without a place to go on from: the last day. */
const FIRST = 24 * 3_600_000;
const MAX_FILE = 64 << 20;
const MAX_UNPACKED = 512 << 20;
/** Files remembered as read in the overlap, for one account and region. */
const MAX_SEEN = 5_000;

/** Place in one account's logs of one region. */
interface Place {
  readonly after: string;
  readonly seen: readonly string[];
}

/** CloudTrail's logs from a bucket, of S3 or of a storage that speaks its protocol. */
export const pullCloudTrail: Pull<Settings> = async function* (settings, cursor, context) {
  let whole: PullCursor = cursor;
  for (const account of settings.accounts) {
    for (const region of settings.regions) {
      const key = `${account}/${region}`;
      let place = placeIn(whole[key]);
      for await (const file of listFiles(settings, account, region, place, context)) {
        const seen = hashOf(file.key);
        if (place?.seen.includes(seen) === true) continue;
        const records = await readFile(settings, file.key, context);
        place = next(place, file.time, seen);
        whole = { ...whole, [key]: place };
        yield { records, cursor: whole };
      }
    }
  }
};

function placeIn(value: unknown): Place | undefined {
  const after = timeIn(value as PullCursor | undefined, 'after');
  const { seen } = (value ?? {}) as { seen?: unknown };
  return after === undefined || !Array.isArray(seen) ? undefined : { after: isoSecond(after), seen };
}

function next(place: Place | undefined, time: number, seen: string): Place {
  const after = Math.max(time, timeIn(place as PullCursor | undefined, 'after') ?? 0);
  return { after: isoSecond(after), seen: [...(place?.seen ?? []), seen].slice(-MAX_SEEN) };
}

// Names of files begin with account, region and minute, so that a listing after a name is a listing since a time.
async function* listFiles(
  settings: Settings,
  account: string,
  region: string,
  place: Place | undefined,
  context: PullContext,
): AsyncGenerator<{ key: string; time: number }> {
  const first = settings.since === undefined ? context.now() - FIRST : Date.parse(settings.since);
  const since = place === undefined ? first : Date.parse(place.after) - OVERLAP;
  const organization = settings.organization === undefined ? '' : `${settings.organization}/`;
  const prefix = `${settings.prefix ?? ''}AWSLogs/${organization}${account}/CloudTrail/${region}/`;
  const minute = new Date(since).toISOString().slice(0, 16).replace(/[-:]/g, '');
  const day = new Date(since).toISOString().slice(0, 10).replaceAll('-', '/');
  let after = `${prefix}${day}/${account}_CloudTrail_${region}_${minute}`;
  for (;;) {
    const query = new URLSearchParams({ 'list-type': '2', prefix, 'start-after': after, 'max-keys': '1000' });
    const { body } = await get(settings, `?${query}`, context, 16 << 20);
    const xml = body.toString('utf8');
    const keys = [...xml.matchAll(/<Key>([^<]*)<\/Key>/g)].map((match) => unescapeXml(match[1]!));
    for (const key of keys) {
      const stamp = /_(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)Z_[^/]*\.json(?:\.gz)?$/.exec(key);
      if (stamp === null) continue;
      const [year, month, date, hour, minutes] = stamp.slice(1).map(Number);
      yield { key, time: Date.UTC(year!, month! - 1, date, hour, minutes) };
    }
    const last = keys.at(-1);
    if (!/<IsTruncated>\s*true/.test(xml) || last === undefined || last <= after) return;
    after = last;
  }
}

async function readFile(settings: Settings, key: string, context: PullContext): Promise<Uint8Array[]> {
  const path = key.split('/').map(encodeURIComponent).join('/');
  const { body } = await get(settings, path, context, MAX_FILE);
  try {
    const packed = body[0] === 0x1f && body[1] === 0x8b;
    const text = packed ? await promisify(gunzip)(body, { maxOutputLength: MAX_UNPACKED }) : body;
    const { Records } = JSON.parse(text.toString('utf8')) as { Records?: unknown };
    if (Array.isArray(Records)) return Records.map(recordBytes);
  } catch {
    // Said below: what is stored under such a name and isn't one must not hold up the others.
  }
  // Told as a record that can't be read, so that somebody sees it at the source.
  return [recordBytes({ unreadable_cloudtrail_file: key })];
}

async function get(settings: Settings, path: string, context: PullContext, maxBytes: number) {
  const { bucket, region, access_key_id: accessKeyId, secret_access_key: secretAccessKey } = settings;
  const endpoint = (settings.endpoint ?? `https://s3.${region}.amazonaws.com`).replace(/\/$/, '');
  const url = `${endpoint}/${bucket}${path.startsWith('?') ? '' : '/'}${path}`;
  const client = new AwsClient({ accessKeyId, secretAccessKey, region, service: 's3', retries: 0 });
  const signed = await client.sign(url);
  const headers = Object.fromEntries(signed.headers);
  try {
    return await context.fetch(signed.url, { headers, maxBytes });
  } catch (error) {
    if (!(error instanceof FetchFailure)) throw error;
    const code = /<Code>([A-Za-z]{1,60})<\/Code>/.exec(error.body)?.[1];
    if (code === undefined) throw error;
    throw new FetchFailure(
      'http_status',
      `The storage refuses (${code}) to give us ${bucket}.`,
      MENDS[code] ?? error.mend,
      {
        ...(error.status === undefined ? {} : { status: error.status }),
        cause: error,
      },
    );
  }
}

const MENDS: Readonly<Record<string, string>> = {
  AccessDenied:
    'Give the key s3:ListBucket on the bucket, s3:GetObject on its logs and, where they are encrypted, kms:Decrypt.',
  NoSuchBucket: 'See whether bucket and region are right.',
  InvalidAccessKeyId: 'Give a key that exists.',
  SignatureDoesNotMatch: 'Give the secret that belongs to the key.',
  PermanentRedirect: 'Give the region in which the bucket lies.',
};

function hashOf(key: string): string {
  return createHash('sha256').update(key).digest('base64url').slice(0, 12);
}

function unescapeXml(text: string): string {
  const names: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };
  return text.replace(/&(?:#(\d{1,7})|#x([0-9a-f]{1,6})|([a-z]{2,4}));/gi, (whole, decimal, hex, name) => {
    if (name !== undefined) return names[name] ?? whole;
    const code = decimal === undefined ? Number.parseInt(hex, 16) : Number(decimal);
    return code <= 0x10ffff ? String.fromCodePoint(code) : whole;
  });
}
