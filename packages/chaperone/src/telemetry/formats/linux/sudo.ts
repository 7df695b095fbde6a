import type { LogEvent, Place } from '../../event.ts';
import { eventClass, roles } from '../event/class-table.ts';
import { Shape } from '../event/shape.ts';
import { ShapedEvent } from '../event/shaped-event.ts';
import type { Envelope } from '../syslog/envelope.ts';
import { linuxOffers } from './offers.ts';

const NAMES = ['user', 'reason', 'HOST', 'TTY', 'CHROOT', 'PWD', 'USER', 'GROUP', 'TSID', 'ENV', 'EXIT', 'COMMAND'];
const SLOTS = new Map(NAMES.map((name, slot) => [name, slot]));
const shape = new Shape(NAMES);

const draft = {
  offers: linuxOffers('sudo', true),
  class_uid: 1007,
  activity: 'Launch',
  roles: roles({
    'actor.user.name': 'user',
    'user.name': 'USER',
    'process.cmd_line': 'COMMAND',
    'device.hostname': ['HOST', 'hostname'],
  }),
};
const allowed = eventClass('sudo', 'command', { ...draft, outcome: 'success' });
const refused = eventClass('sudo', 'refused', { ...draft, outcome: 'failure' });

/**
 * sudo's own form (sudoers(5), "Log format"): `user : [reason ; ]TTY=... ; PWD=... ; USER=... ; COMMAND=...`. The command is
 * the user's words and comes last, so nothing in it can pass for another field.
 */
export function decodeSudo(envelope: Envelope, text: string, place: Place): LogEvent | undefined {
  const { body } = envelope;
  const colon = body.indexOf(' : ');
  if (colon <= 0 || !body.includes('=', colon)) return undefined;
  const values: (string | undefined)[] = new Array(NAMES.length).fill(undefined);
  values[0] = body.slice(0, colon).trim();
  let at = colon + 3;
  while (at < body.length) {
    if (body.startsWith('COMMAND=', at)) {
      values[NAMES.length - 1] = body.slice(at + 8);
      break;
    }
    let end = body.indexOf(' ; ', at);
    if (end < 0) end = body.length;
    const equals = body.indexOf('=', at);
    const slot = equals > 0 && equals < end ? SLOTS.get(body.slice(at, equals)) : undefined;
    if (slot !== undefined) values[slot] = body.slice(equals + 1, end);
    else if (values[1] === undefined) values[1] = body.slice(at, end);
    at = end + 3;
  }
  const kind = values[1] === undefined ? allowed : refused;
  return new ShapedEvent(kind, envelope.time, place, text, shape, values, envelope);
}
