import { visitScalars } from '../event/visit-scalars.ts';

/** Structured data of RFC 5424: element id to its parameters. */
export type StructuredData = ReadonlyMap<string, ReadonlyMap<string, string>>;

const SEVERITIES = ['emerg', 'alert', 'crit', 'err', 'warning', 'notice', 'info', 'debug'];

/** What syslog puts around a message, as far as the line states it. */
export class Envelope {
  /** microseconds since 1970 */
  time: number | undefined;
  host: string | undefined;
  program: string | undefined;
  pid: string | undefined;
  msgid: string | undefined;
  /** facility * 8 + severity (RFC 5424 section 6.2.1) */
  priority: number | undefined;
  structured: StructuredData | undefined;
  /** how often the message came, where the line stands for several */
  repeated: number | undefined;
  /** what a decoder found before the message itself, e.g. which client a line is about */
  extra: ReadonlyMap<string, string> | undefined;
  /** the message without its envelope */
  body = '';
  /** `5424`, `3164` (a stamp, a PRI or both were there), or `none`: the text has no envelope */
  style: '5424' | '3164' | 'none' = 'none';

  get facility(): number | undefined {
    return this.priority === undefined ? undefined : this.priority >> 3;
  }

  get severity(): string | undefined {
    return this.priority === undefined ? undefined : SEVERITIES[this.priority & 7];
  }

  /** One part by name; `element.parameter` reaches into structured data. */
  get(field: string): unknown {
    switch (field) {
      case 'hostname':
        return this.host;
      case 'program':
        return this.program;
      case 'pid':
        return this.pid;
      case 'message':
        return this.body;
      case 'facility':
        return this.facility;
      case 'severity':
        return this.severity;
      case 'msgid':
        return this.msgid;
      case 'repeated':
        return this.repeated;
      // For formats in which `hostname` is a field of their own
      case 'host.name':
        return this.host;
    }
    const extra = this.extra?.get(field);
    if (extra !== undefined) return extra;
    if (this.structured === undefined) return undefined;
    // Ids hold dots (`exampleSDID@32473`, `origin.x`): the name is what follows the last one
    const dot = field.lastIndexOf('.');
    return dot < 0 ? undefined : this.structured.get(field.slice(0, dot))?.get(field.slice(dot + 1));
  }

  values(visit: (value: unknown) => void): void {
    visitScalars(this.host, visit);
    visitScalars(this.program, visit);
    visitScalars(this.pid, visit);
    visitScalars(this.body, visit);
    if (this.extra !== undefined) for (const value of this.extra.values()) visit(value);
    if (this.structured === undefined) return;
    for (const parameters of this.structured.values()) for (const value of parameters.values()) visit(value);
  }

  fields(): Record<string, unknown> {
    const fields: Record<string, unknown> = {};
    for (const name of ['hostname', 'program', 'pid', 'facility', 'severity', 'msgid', 'repeated', 'message']) {
      const value = this.get(name);
      if (value !== undefined) fields[name] = value;
    }
    if (this.extra !== undefined) Object.assign(fields, Object.fromEntries(this.extra));
    if (this.structured !== undefined) {
      const elements = [...this.structured].map(([id, parameters]) => [id, Object.fromEntries(parameters)] as const);
      fields.structured = Object.fromEntries(elements);
    }
    return fields;
  }
}
