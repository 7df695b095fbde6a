import type { LogEvent, Place } from '../../event.ts';
import type { DecodeContext, Format } from '../../format.ts';
import { parseTime } from '../../time/index.ts';
import { windowsClass } from '../classes.ts';
import { refined } from './derive.ts';
import { isObject, type Json, text } from './json-object.ts';
import { MessageEvent } from './message-event.ts';

/** `Get-WinEvent ... | ConvertTo-Json`: the record object of .NET, whose data has no names; they are read from the message. */
export const getWinEvent: Format = {
  name: 'get-winevent',
  title: 'Windows events by PowerShell (Get-WinEvent | ConvertTo-Json)',
  framing: 'json',
  recognise(_text, json) {
    if (json === undefined || json.Id === undefined || json.EventID !== undefined) return 0;
    return typeof json.ProviderName === 'string' && typeof json.LogName === 'string' ? 0.95 : 0;
  },
  decode(raw: string, json: Json | undefined, place: Place, context: DecodeContext): LogEvent | undefined {
    if (json === undefined || json.Id === undefined || json.LogName === undefined) return undefined;
    const header: Record<string, unknown> = Object.create(null);
    header.EventID = json.Id;
    header.Channel = json.LogName;
    header.Provider_Name = json.ProviderName;
    header.Computer = json.MachineName;
    header.EventRecordID = json.RecordId;
    header.Level = json.Level;
    header.Keywords = json.KeywordsDisplayNames;
    header.Security_UserID = isObject(json.UserId) ? json.UserId.Value : (json.UserId ?? undefined);
    header.Execution_ProcessID = json.ProcessId;
    const { TimeCreated } = json;
    const stamp = isObject(TimeCreated) ? (TimeCreated.value ?? TimeCreated.DateTime) : TimeCreated;
    const kind = windowsClass(text(json.ProviderName), text(json.LogName), text(json.Id));
    const time = parseTime(stamp, context.zone, context.reference);
    const event = new MessageEvent(kind, time, place, header, text(json.Message), raw);
    if (kind.refine !== undefined) event.class = refined(kind, (field) => event.get(field));
    return event;
  },
};
