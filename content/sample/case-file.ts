import type { EventSpec } from '@chaperone/evtx/testkit';

/** A line of a text log with its moment, so that lines of several makers can be put in order. Time in microseconds since 1970. */
export interface Line {
  readonly time: number;
  readonly text: string;
}

/** The logs of the sample as they come together: events and lines by the file in which they will lie. */
export class CaseFile {
  readonly logs = new Map<string, EventSpec[]>();
  readonly texts = new Map<string, Line[]>();

  /** Adds Windows events, each to the log of its computer and channel. */
  add(...events: readonly EventSpec[]): void {
    for (const event of events) {
      const computer = event.computer.split('.')[0];
      const channel = event.channel.replaceAll('/', '%4');
      const name = `${computer}/${channel}.evtx`;
      const log = this.logs.get(name);
      if (log === undefined) this.logs.set(name, [event]);
      else log.push(event);
    }
  }

  /** Adds lines to the firewall's log. */
  firewall(...lines: readonly Line[]): void {
    this.#write('fw01/asa.log.gz', lines);
  }

  /** Adds records to the cloud directory's sign-in log or audit log. */
  cloud(log: 'signins' | 'audit', ...lines: readonly Line[]): void {
    this.#write(`entra/${log}.jsonl`, lines);
  }

  /** Adds lines to the log of the picture archive's store, a Linux appliance. */
  store(...lines: readonly Line[]): void {
    this.#write('store01/auth.log', lines);
  }

  /** Forgets what happens after a moment, in microseconds. */
  end(time: number): void {
    for (const [name, events] of this.logs)
      this.logs.set(
        name,
        events.filter((event) => Number(event.time) <= time),
      );
    for (const [name, lines] of this.texts)
      this.texts.set(
        name,
        lines.filter((line) => line.time <= time),
      );
  }

  #write(name: string, lines: readonly Line[]): void {
    const log = this.texts.get(name);
    if (log === undefined) this.texts.set(name, [...lines]);
    else log.push(...lines);
  }
}
