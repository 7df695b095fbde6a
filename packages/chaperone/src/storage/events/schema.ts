/** The tables of one organisation's database, as ClickHouse's SQL. The same for chDB, a server and a cluster. */

/** Columns of `events` in order: what the encoder writes. */
export const COLUMNS = [
  'id UUID',
  // microseconds since 1970 UTC
  'time Int64 CODEC(Delta, ZSTD(1))',
  'timed UInt8',
  'received Int64 CODEC(Delta, ZSTD(1))',
  'source LowCardinality(String)',
  'kind LowCardinality(String)',
  'format LowCardinality(String)',
  'class_uid UInt32',
  'activity LowCardinality(String)',
  'outcome LowCardinality(String)',
  'provider LowCardinality(String)',
  'account LowCardinality(String)',
  'person LowCardinality(String)',
  'host LowCardinality(String)',
  'src_ip String CODEC(ZSTD(1))',
  'link LowCardinality(String)',
  'attribution_confidence LowCardinality(String)',
  'attribution_by Array(LowCardinality(String))',
  'normal Map(LowCardinality(String), String)',
  'fields Map(LowCardinality(String), Array(String))',
  'numbers Map(LowCardinality(String), Array(Float64))',
  'raw String CODEC(ZSTD(1))',
  'rules Array(LowCardinality(String))',
  'findings Array(UUID)',
] as const;

/**
 * Settings of an INSERT of events: filters are made and repeated rows left out when parts are merged, as every row is some times anyway. Together a
 * quarter of what a write costs (decision 0014).
 */
export const INSERTING = { materialize_skip_indexes_on_insert: 0, optimize_on_insert: 0 } as const;

/** Where the tables live on several servers. */
export interface Cluster {
  readonly name: string;
}

/** The database of an organisation, from its UUID. */
export function databaseOf(organization: string): string {
  if (!/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(organization))
    throw new TypeError(`an organisation's id is a UUID, not ${JSON.stringify(organization)}`);
  return `org_${organization.replaceAll('-', '').toLowerCase()}`;
}

/**
 * What brings a database from nothing, or from version n, to the newest: statement lists by version. Forward only; a released one is never
 * changed.
 */
export function migrations(database: string, cluster?: Cluster): readonly (readonly string[])[] {
  const on = cluster === undefined ? '' : ` ON CLUSTER \`${cluster.name}\``;
  const engine = (name: string, rest = '') =>
    cluster === undefined
      ? `${name}(${rest})`
      : `Replicated${name}('/clickhouse/tables/{shard}/{database}/{table}', '{replica}'${rest === '' ? '' : `, ${rest}`})`;
  return [
    [
      // Partitions follow the receipt, never the event's own time: who writes a log could make as many as he likes.
      // A repeated delivery has the same kind, time and id, and is one row after a merge.
      `CREATE TABLE IF NOT EXISTS ${database}.events${on} (
        ${COLUMNS.join(',\n        ')},
        INDEX by_finding findings TYPE bloom_filter(0.01) GRANULARITY 4,
        INDEX by_id id TYPE bloom_filter(0.001) GRANULARITY 4,
        INDEX by_account account TYPE set(256) GRANULARITY 4,
        INDEX by_address src_ip TYPE bloom_filter(0.01) GRANULARITY 1,
        INDEX by_value arrayFlatten(mapValues(fields)) TYPE bloom_filter(0.01) GRANULARITY 1
      ) ENGINE = ${engine('ReplacingMergeTree')}
      PARTITION BY toYYYYMMDD(fromUnixTimestamp64Micro(received, 'UTC'))
      ORDER BY (kind, time, id)
      SETTINGS fsync_after_insert = 1, fsync_part_directory = 1, map_serialization_version = 'with_buckets',
        min_bytes_for_wide_part = 33554432, min_rows_for_wide_part = 100000`,
      // What behaviour and last use are computed from.
      `CREATE TABLE IF NOT EXISTS ${database}.activity${on} (
        hour DateTime('UTC'), provider LowCardinality(String), account LowCardinality(String), host LowCardinality(String),
        link LowCardinality(String), source LowCardinality(String), class_uid UInt32, outcome LowCardinality(String), events UInt64
      ) ENGINE = ${engine('SummingMergeTree', 'events')}
      ORDER BY (hour, provider, account, host, link, source, class_uid, outcome)`,
      `CREATE MATERIALIZED VIEW IF NOT EXISTS ${database}.activity_of_events${on} TO ${database}.activity AS
      SELECT toStartOfHour(toDateTime(intDiv(least(greatest(time, 0), 4102444800000000), 1000000), 'UTC')) AS hour,
        provider, account, host, link, source, class_uid, outcome, count() AS events
      FROM ${database}.events WHERE timed = 1
      GROUP BY hour, provider, account, host, link, source, class_uid, outcome`,
    ],
    // Filters are made by merges, and what is left over when a day ends would wait for one for ever: a day into which nothing came for so long
    // (seconds) becomes one part, or a few where it is too large for one merge.
    [
      `ALTER TABLE ${database}.events${on} MODIFY SETTING min_age_to_force_merge_seconds = 7200, min_age_to_force_merge_on_partition_only = 1, enable_max_bytes_limit_for_min_age_to_force_merge = 1`,
    ],
  ];
}

/** Statements that make the database and the table of its own version. */
export function foundation(database: string, cluster?: Cluster): readonly string[] {
  const on = cluster === undefined ? '' : ` ON CLUSTER \`${cluster.name}\``;
  return [
    `CREATE DATABASE IF NOT EXISTS ${database}${on}`,
    `CREATE TABLE IF NOT EXISTS ${database}.schema_version${on} (version UInt32, at DateTime('UTC') DEFAULT now())
     ENGINE = ${cluster === undefined ? 'MergeTree' : "ReplicatedMergeTree('/clickhouse/tables/{shard}/{database}/{table}', '{replica}')"} ORDER BY version`,
  ];
}
