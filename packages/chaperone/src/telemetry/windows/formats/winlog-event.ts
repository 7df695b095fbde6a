import { lookup } from '@chaperone/sigma';
import type { EventClass, LogEvent, Place } from '../../event.ts';
import { derive } from './derive.ts';
import { comparable, type Json, own, visitScalars } from './json-object.ts';

/** Sigma's names, and where Winlogbeat (7 and later, then 6) and ECS put them; the first that is there answers. */
const PATHS: ReadonlyMap<string, readonly string[]> = new Map(
  Object.entries({
    EventID: ['winlog.event_id', 'event.code', 'event_id'],
    Provider_Name: ['winlog.provider_name', 'event.provider', 'source_name'],
    Provider_Guid: ['winlog.provider_guid', 'provider_guid'],
    Channel: ['winlog.channel', 'log_name'],
    Computer: ['winlog.computer_name', 'computer_name', 'host.name', 'agent.hostname'],
    ComputerName: ['winlog.computer_name', 'computer_name'],
    EventRecordID: ['winlog.record_id', 'record_number'],
    Keywords: ['winlog.keywords', 'keywords'],
    Level: ['log.level', 'level'],
    Opcode: ['winlog.opcode', 'opcode'],
    Task: ['winlog.task', 'task'],
    Security_UserID: ['winlog.user.identifier', 'user.identifier'],
    Execution_ProcessID: ['winlog.process.pid', 'process_id'],
    Execution_ThreadID: ['winlog.process.thread.id', 'thread_id'],
    TimeCreated_SystemTime: ['@timestamp'],
    Data: ['winlog.event_data.Data', 'message'],
    Message: ['message'],
    // What ECS pipelines keep when they drop the event's own data
    CommandLine: ['process.command_line'],
    Image: ['process.executable'],
    ProcessId: ['process.pid'],
    CurrentDirectory: ['process.working_directory'],
    OriginalFileName: ['process.pe.original_file_name'],
    ParentImage: ['process.parent.executable'],
    ParentCommandLine: ['process.parent.command_line'],
    TargetFilename: ['file.path'],
    TargetObject: ['registry.path'],
    ImageLoaded: ['dll.path', 'file.path'],
    SourceIp: ['source.ip'],
    SourcePort: ['source.port'],
    DestinationIp: ['destination.ip'],
    DestinationPort: ['destination.port'],
    DestinationHostname: ['destination.domain'],
    QueryName: ['dns.question.name'],
    IpAddress: ['source.ip'],
    TargetUserName: ['user.target.name', 'user.name'],
    TargetDomainName: ['user.target.domain', 'user.domain'],
    ScriptBlockText: ['powershell.file.script_block_text'],
  }),
);

/** An event as Winlogbeat and Elastic Agent write it: header in `winlog`, data in `winlog.event_data`, ECS beside it. */
export class WinlogEvent implements LogEvent {
  class: EventClass;
  readonly time: number | undefined;
  readonly place: Place;
  private readonly json: Json;
  private readonly data: Json;
  private readonly text: string;

  constructor(kind: EventClass, time: number | undefined, place: Place, json: Json, data: Json, text: string) {
    this.class = kind;
    this.time = time;
    this.place = place;
    this.json = json;
    this.data = data;
    this.text = text;
  }

  get(field: string): unknown {
    const value = this.data[field];
    if (typeof value === 'string' || typeof value === 'number') return value;
    return this.#other(field);
  }

  #other(field: string): unknown {
    const value = own(this.data, field);
    if (value !== undefined) return comparable(value);
    const paths = PATHS.get(field);
    if (paths !== undefined) {
      for (const path of paths) {
        const found = lookup(this.json, path);
        if (found !== undefined && found !== null) return comparable(found);
      }
    }
    const derived = derive(this.class, field, (name) => this.get(name));
    if (derived !== undefined) return derived;
    const found = comparable(lookup(this.json, field));
    return found === undefined ? positional(this.data, field) : found;
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

/** Data without names, which Winlogbeat counts (`param1`, `param2`): all of it is `Data`. */
function positional(data: Json, field: string): unknown {
  if (field !== 'Data') return undefined;
  const found: unknown[] = [];
  for (let i = 1; i <= 64; i += 1) {
    const value = own(data, `param${i}`);
    if (value === undefined) break;
    found.push(value);
  }
  return found.length > 0 ? found : undefined;
}
