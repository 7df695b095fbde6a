import { LONGEST_RECORD } from '../longest-record.ts';
import { type Asked, type BodyLimit, type IntakeRequests, send } from './asked.ts';
import { parseHec, rawHec } from './hec.ts';
import { eachLine } from './lines.ts';
import { ensureFew } from './read-body.ts';

const LIMIT: BodyLimit = { most: 32 << 20, weight: 6 };
const RAW: BodyLimit = { most: 100 << 20, weight: 2, longest: LONGEST_RECORD };
const MOST_CHANNELS = 10_000;
const MOST_ACKS = 10_000;

/** Splunk's HTTP Event Collector: events, raw lines, acknowledgements, health. */
export class HecRequests {
  readonly #intake: IntakeRequests;
  /** acknowledgements by source and channel */
  readonly #acks = new Map<string, { next: number; done: Set<number> }>();

  constructor(intake: IntakeRequests) {
    this.#intake = intake;
  }

  /** Undefined: the path is none of the collector's. */
  handlerFor(path: string): ((asked: Asked) => Promise<void>) | undefined {
    if (/^\/services\/collector(\/event)?(\/1\.0)?$/.test(path)) return (asked) => this.#events(asked);
    if (/^\/services\/collector\/raw(\/1\.0)?$/.test(path)) return (asked) => this.#raw(asked);
    if (/^\/services\/collector\/ack(\/1\.0)?$/.test(path)) return (asked) => this.#ack(asked);
    return undefined;
  }

  health(response: Asked['response']): void {
    if (this.#intake.room > 0) send(response, 200, { text: 'HEC is healthy', code: 17 });
    else send(response, 503, { text: 'HEC is unhealthy, queues are full', code: 18 });
  }

  #events(asked: Asked): Promise<void> {
    const { response } = asked;
    return this.#intake.withBody(asked, LIMIT, async (body) => {
      if (body.length === 0) return send(response, 400, { text: 'No data', code: 5 });
      const events = parseHec(body.toString('utf8'));
      if (!Array.isArray(events))
        return send(
          response,
          400,
          events.noData
            ? { text: 'Event field is required', code: 12, 'invalid-event-number': events.invalid }
            : { text: 'Invalid data format', code: 6, 'invalid-event-number': events.invalid },
        );
      await this.#intake.store(asked, events);
      this.#done(asked);
    });
  }

  #raw(asked: Asked): Promise<void> {
    const { response, query } = asked;
    return this.#intake.withBody(asked, RAW, async (body) => {
      const records: Buffer[] = [];
      eachLine(body, (line) => ensureFew(records.push(rawHec(line, query))));
      if (records.length === 0) return send(response, 400, { text: 'No data', code: 5 });
      await this.#intake.store(asked, records);
      this.#done(asked);
    });
  }

  #done({ request, response, query, route }: Asked) {
    const channel = request.headers['x-splunk-request-channel'] ?? query.get('channel');
    if (typeof channel !== 'string' || channel === '' || channel.length > 64)
      return send(response, 200, { text: 'Success', code: 0 });
    // A channel's name is the client's choice: two sources may choose the same.
    const key = `${route.source}/${channel}`;
    let acks = this.#acks.get(key);
    if (acks === undefined) {
      if (this.#acks.size >= MOST_CHANNELS) this.#acks.delete(this.#acks.keys().next().value!);
      acks = { next: 0, done: new Set() };
      this.#acks.set(key, acks);
    }
    // The answer comes after the events are stored, so the acknowledgement is true at once.
    const ackId = acks.next;
    acks.next += 1;
    acks.done.add(ackId);
    if (acks.done.size > MOST_ACKS) acks.done.delete(acks.done.values().next().value!);
    send(response, 200, { text: 'Success', code: 0, ackId });
  }

  #ack(asked: Asked): Promise<void> {
    const { request, response, query, route } = asked;
    return this.#intake.withBody(asked, LIMIT, async (body) => {
      const channel = String(request.headers['x-splunk-request-channel'] ?? query.get('channel') ?? '');
      const done = this.#acks.get(`${route.source}/${channel}`)?.done;
      let ids: unknown;
      try {
        ids = (JSON.parse(body.toString('utf8')) as { acks?: unknown } | null)?.acks;
      } catch {
        return send(response, 400, { text: 'Invalid data format', code: 6 });
      }
      if (!Array.isArray(ids)) return send(response, 400, { text: 'Invalid data format', code: 6 });
      const acks: Record<string, boolean> = {};
      for (const id of ids.slice(0, MOST_ACKS)) acks[String(id)] = done?.has(Number(id)) ?? false;
      send(response, 200, { acks });
    });
  }
}
