import { lookup } from '@chaperone/sigma';
import type { EventClass, LogEvent, Place } from '../../event.ts';
import { derive } from './derive.ts';
import { comparable, type Json, own, visitScalars } from './json-object.ts';

/** Sigma's names for the header of an event, and what flat shippers call it; the first that is there answers. */
const ALIASES: ReadonlyMap<string, readonly string[]> = new Map(
  Object.entries({
    EventID: ['EventID', 'EventId', 'event_id', 'Id', 'eventid'],
    Provider_Name: ['SourceName', 'ProviderName', 'Provider', 'source_name', 'EventSourceName', 'Source'],
    Provider_Guid: ['ProviderGuid'],
    Source: ['SourceName', 'ProviderName'],
    Channel: ['LogName', 'log_name', 'EventLog'],
    Computer: ['Hostname', 'ComputerName', 'MachineName', 'computer_name', 'host'],
    ComputerName: ['Hostname', 'Computer', 'MachineName'],
    EventRecordID: ['RecordNumber', 'EventRecordId', 'RecordId', 'record_number'],
    Security_UserID: ['UserID', 'UserId'],
    Execution_ProcessID: ['ExecutionProcessID'],
    Execution_ThreadID: ['ThreadID'],
    TimeCreated_SystemTime: ['TimeCreated', 'EventTime', '@timestamp'],
    Data: ['Message'],
    Level: ['SeverityValue'],
    SourceProcessGUID: ['SourceProcessGuid'],
    TargetProcessGUID: ['TargetProcessGuid'],
  }),
);

/**
 * An event whose fields stand side by side in one object, the header's beside the data's: NXLog, Security-Datasets, and
 * others that write Windows's own names.
 */
export class FlatEvent implements LogEvent {
  class: EventClass;
  readonly time: number | undefined;
  readonly place: Place;
  private readonly json: Json;
  private readonly text: string;

  constructor(kind: EventClass, time: number | undefined, place: Place, json: Json, text: string) {
    this.class = kind;
    this.time = time;
    this.place = place;
    this.json = json;
    this.text = text;
  }

  get(field: string): unknown {
    const value = this.json[field];
    if (typeof value === 'string' || typeof value === 'number') {
      return typeof value === 'number' && field === 'Keywords' ? keywords(value) : value;
    }
    return this.#other(field);
  }

  #other(field: string): unknown {
    const value = own(this.json, field);
    if (value !== undefined) return comparable(value);
    const names = ALIASES.get(field);
    if (names !== undefined) {
      for (const name of names) {
        const other = own(this.json, name);
        if (other !== undefined) return comparable(other);
      }
    }
    const derived = derive(this.class, field, (name) => this.get(name));
    if (derived !== undefined) return derived;
    return field.includes('.') ? comparable(lookup(this.json, field)) : undefined;
  }

  values(visit: (value: unknown) => void): void {
    visitScalars(this.json, visit);
  }

  fields(): Json {
    return this.json;
  }

  raw(): string {
    return this.text;
  }
}

/** Keywords as a signed number, and as Windows shows them; rules ask for the latter. */
function keywords(value: number): unknown {
  if (!Number.isInteger(value)) return value;
  return [value, `0x${BigInt.asUintN(64, BigInt(value)).toString(16)}`];
}
