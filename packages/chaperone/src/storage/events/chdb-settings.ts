/**
 * How our own ClickHouse is set up: it shares a small machine with the engine and PostgreSQL. The reasons and what was measured are in decision 0024.
 * A server by URL is set up by its operator.
 */

/** MiB in bytes. */
const MIB = 2 ** 20;

/** Of the embedded server, by ClickHouse's names. */
export const SERVER_SETTINGS: Readonly<Record<string, number>> = {
  mark_cache_size: 128 * MIB,
  index_mark_cache_size: 64 * MIB,
  primary_index_cache_size: 64 * MIB,
  query_condition_cache_size: 32 * MIB,
  compiled_expression_cache_size: 32 * MIB,
  // Merges take what the others leave: nobody waits for one, and a large one has minutes of work.
  os_threads_nice_value_merge_mutate: 15,
  // Milliseconds between two looks at its own memory; every 100 where nothing is said.
  memory_worker_period_ms: 1_000,
};

/** Of its allocator: memory that was freed goes back to the system within a second. */
export const ALLOCATOR = 'background_thread:true,dirty_decay_ms:1000';
