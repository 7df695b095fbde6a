import { createHash } from 'node:crypto';
import { sql } from 'kysely';
import type { StateStore } from '../../../storage/index.ts';
import type { IndicatorType } from '../indicator.ts';
import { markId } from '../tlp.ts';

/** An indicator met in events. `at` in milliseconds since 1970: of the newest of them. */
export interface MetIndicator {
  readonly type: IndicatorType;
  readonly value: string;
  readonly count: number;
  readonly at: number;
}

/**
 * Counts what was met back to the indicators, of all feeds of the organisation that list the value: a sighting renews what decays. What was
 * withdrawn, or only judged of old events, counts as well but renews nothing that is later already.
 */
export async function countSightings(
  store: StateStore,
  organization: string,
  met: readonly MetIndicator[],
): Promise<void> {
  if (met.length === 0) return;
  const rows = met.map(({ type, value, count, at }) => ({ type, value, count, at: new Date(at).toISOString() }));
  await store.within(organization, (tx) =>
    sql`
      update indicator set sightings = sightings + met.count,
        last_sighting_at = greatest(indicator.last_sighting_at, met.at)
      from (
        select type, value, sum(count)::bigint as count, max(at) as at
        from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb)
          as met(type text, value text, count bigint, at timestamptz)
        group by type, value
      ) as met
      where indicator.organization_id = ${organization} and indicator.type = met.type
        and md5(indicator.value) = md5(met.value)`.execute(tx),
  );
}

/** A stored indicator with what was counted. */
export interface SightedRow {
  readonly external_id: string | null;
  readonly type: string;
  readonly written: string;
  readonly sightings: number;
  readonly last_sighting_at: Date | null;
  readonly created_at: Date;
  readonly updated_at: Date;
  readonly tlp: string | null;
}

const PATHS: Readonly<Record<string, string>> = {
  domain: 'domain-name:value',
  url: 'url:value',
  email: 'email-addr:value',
  md5: 'file:hashes.MD5',
  sha1: "file:hashes.'SHA-1'",
  sha256: "file:hashes.'SHA-256'",
  'file-name': 'file:name',
  'file-path': 'directory:path',
  mutex: 'mutex:name',
  'registry-key': 'windows-registry-key:key',
};

/**
 * STIX 2.1 sightings of what was met, as a bundle to give back to who shared the indicators. An indicator that its feed gave as STIX is
 * referred to by its own id; for others a plain indicator goes along. What is marked red stays here. The same input gives the same bundle.
 *
 * @param organization id and name of who saw it
 */
export function sightingBundle(
  rows: readonly SightedRow[],
  organization: { readonly id: string; readonly name: string; readonly created: Date },
): { readonly type: 'bundle'; readonly id: string; readonly objects: readonly Readonly<Record<string, unknown>>[] } {
  const identity = `identity--${organization.id}`;
  const made = organization.created.toISOString();
  const objects: Readonly<Record<string, unknown>>[] = [
    {
      type: 'identity',
      spec_version: '2.1',
      id: identity,
      created: made,
      modified: made,
      name: organization.name,
      identity_class: 'organization',
    },
  ];
  for (const row of rows) {
    if (row.sightings === 0 || row.last_sighting_at === null || row.tlp === 'red') continue;
    const mark = row.tlp === null ? undefined : markId(row.tlp);
    const marking = mark === undefined ? {} : { object_marking_refs: [mark] };
    let of = row.external_id ?? '';
    if (!/^indicator--[0-9a-f-]{36}$/i.test(of)) {
      const pattern = patternOf(row.type, row.written);
      if (pattern === undefined) continue;
      of = `indicator--${stableId(organization.id, pattern)}`;
      objects.push({
        type: 'indicator',
        spec_version: '2.1',
        id: of,
        created_by_ref: identity,
        created: row.created_at.toISOString(),
        modified: row.updated_at.toISOString(),
        indicator_types: ['unknown'],
        pattern,
        pattern_type: 'stix',
        valid_from: row.created_at.toISOString(),
        ...marking,
      });
    }
    const last = row.last_sighting_at.toISOString();
    objects.push({
      type: 'sighting',
      spec_version: '2.1',
      id: `sighting--${stableId(organization.id, of)}`,
      created_by_ref: identity,
      created: row.created_at.toISOString(),
      modified: last,
      last_seen: last,
      count: Math.min(row.sightings, 999_999_999),
      sighting_of_ref: of,
      where_sighted_refs: [identity],
      ...marking,
    });
  }
  return { type: 'bundle', id: `bundle--${stableId(organization.id, JSON.stringify(objects))}`, objects };
}

function patternOf(type: string, written: string): string | undefined {
  const path =
    type === 'ip' || type === 'cidr' ? (written.includes(':') ? 'ipv6-addr:value' : 'ipv4-addr:value') : PATHS[type];
  return path === undefined ? undefined : `[${path} = '${written.replace(/[\\']/g, '\\$&')}']`;
}

// UUIDv8 of a hash: the same thing has the same id at every export.
function stableId(...parts: readonly string[]): string {
  const bytes = createHash('sha256').update(JSON.stringify(parts)).digest().subarray(0, 16);
  bytes[6] = 0x80 | (bytes[6]! & 0x0f);
  bytes[8] = 0x80 | (bytes[8]! & 0x3f);
  const hex = bytes.toString('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}
