import { createHash } from 'node:crypto';
import { Busy, type Delivery, type Intake } from '../../src/telemetry/index.ts';

/** An intake that keeps what it is given, and knows equal records by the same rule as the real one. */
export interface KeptIntake extends Intake {
  readonly deliveries: Delivery[];
  /** texts of all records, in order, repeated ones included */
  texts(): string[];
  /** how many different events they are */
  events(): number;
  /** errors to throw at the next calls, one each */
  readonly failures: Error[];
}

export function keptIntake(): KeptIntake {
  const deliveries: Delivery[] = [];
  const failures: Error[] = [];
  const records = function* () {
    for (const delivery of deliveries) {
      const { bytes, ends } = delivery.records;
      const ordinals = new Map<string, number>();
      for (let index = 0; index < ends.length; index += 1) {
        const text = Buffer.from(bytes.subarray(ends[index - 1] ?? 0, ends[index])).toString('utf8');
        const ordinal = (ordinals.get(text) ?? -1) + 1;
        ordinals.set(text, ordinal);
        const { origin } = delivery;
        const place = origin === undefined ? ordinal : `${origin.name}:${origin.record + index}`;
        yield {
          text,
          id: createHash('sha256')
            .update(JSON.stringify([delivery.source, text, place]))
            .digest('hex'),
        };
      }
    }
  };
  return {
    deliveries,
    failures,
    room: 1_000_000,
    whenRoom: async () => {},
    accept: async (delivery) => {
      const failure = failures.shift();
      if (failure !== undefined) throw failure;
      deliveries.push(delivery);
      return { stored: delivery.records.ends.length, misread: [] };
    },
    texts: () => [...records()].map(({ text }) => text),
    events: () => new Set([...records()].map(({ id }) => id)).size,
  };
}

/** What the intake says when too much waits. */
export function busy(): Busy {
  return new Busy('Too much waits.', 0.01);
}
