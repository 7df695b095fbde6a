import type { LogEvent, Place } from '../../event.ts';
import type { Format } from '../../format.ts';
import { parseTime } from '../../time/index.ts';
import { windowsClass } from '../classes.ts';
import { refined } from './derive.ts';
import { isObject, type Json, text } from './json-object.ts';
import { dataOf, header, TreeEvent } from './tree-event.ts';

/** JSON in the shape of the event's XML, as `evtx_dump -o jsonl` and other converters write it. */
export const windowsTree: Format = {
  name: 'windows-tree',
  title: 'Windows events as JSON trees (evtx_dump)',
  framing: 'json',
  containers: ['Events'],
  recognise(_text, json) {
    const event = json === undefined ? undefined : eventIn(json);
    if (event === undefined || !isObject(event.System)) return 0;
    return header(event.System, 'EventID') === undefined ? 0 : 0.95;
  },
  decode(raw: string, json: Json | undefined, place: Place): LogEvent | undefined {
    const event = json === undefined ? undefined : eventIn(json);
    if (json === undefined || event === undefined || !isObject(event.System)) return undefined;
    return treeEvent(raw, json, event, event.System, place);
  },
};

function eventIn(json: Json): Json | undefined {
  if (isObject(json.Event)) return json.Event;
  return isObject(json.System) ? json : undefined;
}

export function treeEvent(raw: string, root: Json, event: Json, system: Json, place: Place): TreeEvent {
  const provider = text(header(system, 'Provider_Name')) || text(header(system, 'Provider_EventSourceName'));
  const kind = windowsClass(provider, text(header(system, 'Channel')), text(header(system, 'EventID')));
  const time = parseTime(header(system, 'TimeCreated_SystemTime'));
  const made = new TreeEvent(kind, time, place, root, system, dataOf(event), raw);
  if (kind.refine !== undefined) made.class = refined(kind, (field) => made.get(field));
  return made;
}
