import type { EventClass, LogEvent, Place } from '../../event.ts';
import { derive } from './derive.ts';
import { messageFields } from './message-fields.ts';

/** An event of which there is only the header and the message as text; its fields are read out of the message when asked for. */
export class MessageEvent implements LogEvent {
  class: EventClass;
  readonly time: number | undefined;
  readonly place: Place;
  private readonly header: Readonly<Record<string, unknown>>;
  private readonly message: string;
  private readonly text: string;
  private data: Readonly<Record<string, string>> | undefined;

  /** @param header under Sigma's names, without a prototype */
  constructor(
    kind: EventClass,
    time: number | undefined,
    place: Place,
    header: Readonly<Record<string, unknown>>,
    message: string,
    text: string,
  ) {
    this.class = kind;
    this.time = time;
    this.place = place;
    this.header = header;
    this.message = message;
    this.text = text;
  }

  get(field: string): unknown {
    this.data ??= this.#read();
    const value = this.data[field] ?? this.header[field];
    if (value !== undefined) return value;
    if (field === 'Message' || field === 'Data') return this.message;
    return derive(this.class, field, (name) => this.get(name));
  }

  values(visit: (value: unknown) => void): void {
    for (const value of Object.values(this.header)) if (value !== undefined) visit(value);
    visit(this.message);
  }

  fields(): Readonly<Record<string, unknown>> {
    this.data ??= this.#read();
    return { ...this.header, ...this.data, Message: this.message };
  }

  raw(): string {
    return this.text;
  }

  #read(): Readonly<Record<string, string>> {
    const fields = messageFields(this.message, String(this.header.Provider_Name ?? ''));
    // The service control manager's own names for what its message calls otherwise (7045)
    if (this.header.Provider_Name === 'Service Control Manager' && fields.ServiceFileName !== undefined) {
      fields.ImagePath = fields.ServiceFileName;
      fields.AccountName = fields.ServiceAccount;
      fields.StartType = fields.ServiceStartType;
    }
    return fields;
  }
}
