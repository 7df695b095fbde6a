import type { EventSpec } from '@chaperone/evtx/testkit';
import type { Line } from './firewall-log.ts';

/** The logs of the sample as they come together: events by the file in which they will lie. */
export class CaseFile {
  readonly logs = new Map<string, EventSpec[]>();
  readonly firewall: Line[] = [];

  /** Adds events, each to the log of its computer and channel. */
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
}
