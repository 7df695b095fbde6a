import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { ListenerMeter } from '../../telemetry/index.ts';

/** What the service counts of itself, in Prometheus's terms: names `chaperone_*`, times in seconds, sizes in bytes. */
export interface Meter extends ListenerMeter {
  readonly registry: Registry;
  /** one batch on its way through: seconds in the engine with the wait for it, and in each store */
  batch(organization: string, listener: string, seconds: BatchTimes): void;
  /** seconds between an event's own time and its receipt, of a batch's newest event */
  lag(organization: string, listener: string, seconds: number): void;
  findings(organization: string, detector: string, count: number): void;
  waiting(organization: string, bytes: number): void;
  /** a thread of the engine died */
  engineDied(): void;
  /** organisations whose engine is being started again */
  enginesDown(organizations: number): void;
  /** records kept without having been judged, for the engine died over them */
  unjudged(organization: string, records: number): void;
}

export interface BatchTimes {
  readonly judge: number;
  readonly events: number;
  readonly state: number;
}

const SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 5, 10, 30, 60];
const NOBODY = '-';

export function createMeter(): Meter {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry, prefix: 'chaperone_' });
  const registers = [registry];
  const labelNames = ['organization', 'listener'] as const;
  const counter = <L extends string>(name: string, help: string, labels: readonly L[]) =>
    new Counter({ name: `chaperone_${name}`, help, labelNames: labels, registers });
  const records = counter('records_received_total', 'Records received', labelNames);
  const bytes = counter('bytes_received_total', 'Bytes of records received', labelNames);
  const refused = counter('records_refused_total', 'Records or connections refused, by reason', [
    ...labelNames,
    'reason',
  ]);
  const found = counter('findings_total', 'Findings made or added to', ['organization', 'detector']);
  const deaths = new Counter({
    name: 'chaperone_engine_deaths_total',
    help: 'Threads of the engine that died and were started again',
    registers,
  });
  const down = new Gauge({
    name: 'chaperone_engines_down',
    help: 'Organisations whose engine is being started again',
    registers,
  });
  const unjudged = counter('records_unjudged_total', 'Records kept unjudged, for the engine died over them', [
    'organization',
  ]);
  const queue = new Gauge({
    name: 'chaperone_queue_bytes',
    help: 'Bytes of records that wait to be judged',
    labelNames: ['organization'],
    registers,
  });
  const late = new Gauge({
    name: 'chaperone_event_lag_seconds',
    help: 'Receipt minus the time of the newest event of the last batch',
    labelNames,
    registers,
  });
  const times = new Histogram({
    name: 'chaperone_batch_seconds',
    help: 'Time that batches spend: judge (wait, decode and rules), events (event store), state (state store)',
    labelNames: [...labelNames, 'stage'],
    buckets: SECONDS,
    registers,
  });
  return {
    registry,
    received(listener, organization = NOBODY, count, size) {
      records.inc({ organization, listener }, count);
      bytes.inc({ organization, listener }, size);
    },
    refused(listener, organization = NOBODY, reason, count) {
      refused.inc({ organization, listener, reason }, count);
    },
    batch(organization, listener, seconds) {
      for (const [stage, value] of Object.entries(seconds)) times.observe({ organization, listener, stage }, value);
    },
    lag: (organization, listener, seconds) => late.set({ organization, listener }, seconds),
    findings: (organization, detector, count) => found.inc({ organization, detector }, count),
    waiting: (organization, size) => queue.set({ organization }, size),
    engineDied: () => deaths.inc(),
    enginesDown: (organizations) => down.set(organizations),
    unjudged: (organization, records) => unjudged.inc({ organization }, records),
  };
}
