import type { EventAccess } from '@chaperone/sigma';
import type { LogEvent } from '../../telemetry/index.ts';

/**
 * A structured event as rules see it: without its raw text. Keywords are looked for in what the event says, and not in the XML
 * or JSON around it, which differs from export to export and in which every event says "events" and "EventData".
 */
class ValuesOnly implements EventAccess {
  private readonly event: LogEvent;

  constructor(event: LogEvent) {
    this.event = event;
  }

  get(field: string): unknown {
    return this.event.get(field);
  }

  values(visit: (value: unknown) => void): void {
    this.event.values(visit);
  }
}

/** What rules are shown of an event. Only Windows events are known to say in fields all that they say. */
export function shownToRules(event: LogEvent): EventAccess {
  return event.class.format === 'windows' ? new ValuesOnly(event) : event;
}
