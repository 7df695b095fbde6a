import type { Offer } from '@chaperone/sigma';
import type { Format } from '../../format.ts';
import { fromEpoch } from '../../time/index.ts';
import { ClassTable, roles } from '../event/class-table.ts';
import { Shape } from '../event/shape.ts';
import { ShapedEvent } from '../event/shaped-event.ts';
import { unread } from '../event/unread.ts';

/** The default fields, version 2 (AWS, "Flow log records"); files in S3 begin with a line that names theirs. */
const DEFAULT =
  'version account-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes start end action log-status'.split(
    ' ',
  );
const MAX_FIELDS = 64;

const OFFERS: readonly Offer[] = [
  { product: 'aws', service: 'vpcflow' },
  {
    category: 'firewall',
    fields: { src_ip: 'srcaddr', dst_ip: 'dstaddr', src_port: 'srcport', dst_port: 'dstport' },
  },
  { service: 'netflow', fields: { 'destination.port': 'dstport', 'source.port': 'srcport' } },
];

const classes = new ClassTable('vpc-flow', (action) => ({
  offers: OFFERS,
  class_uid: 4001,
  activity: 'Traffic',
  outcome: action === 'ACCEPT' ? 'success' : action === 'REJECT' ? 'failure' : 'unknown',
  roles: roles({
    'src_endpoint.ip': 'srcaddr',
    'src_endpoint.port': 'srcport',
    'dst_endpoint.ip': 'dstaddr',
    'dst_endpoint.port': 'dstport',
    'cloud.account.uid': 'account-id',
    'traffic.bytes_out': 'bytes',
  }),
}));

const defaultShape = new Shape(DEFAULT);

export const vpcFlow: Format = {
  name: 'vpc-flow',
  title: 'AWS VPC flow logs',
  framing: 'lines',
  recognise(text) {
    if (isHead(text)) return 1;
    const words = text.slice(0, 512).split(' ');
    return words.length === DEFAULT.length &&
      words[0] === '2' &&
      /^\d{12}$/.test(words[1]) &&
      words[2].startsWith('eni-') &&
      /^(?:OK|NODATA|SKIPDATA)$/.test(words[13])
      ? 0.98
      : 0;
  },
  decode(text, _json, place, context) {
    if (text === '') return undefined;
    if (isHead(text)) {
      context.state.vpcFlow = new Shape(text.split(' ', MAX_FIELDS));
      return undefined;
    }
    const shape = (context.state.vpcFlow as Shape | undefined) ?? defaultShape;
    const words: (string | undefined)[] = text.split(' ', MAX_FIELDS + 1);
    if (words.length !== shape.names.length) {
      return unread(
        place,
        'vpc-flow-fields',
        `the line has ${words.length} fields where ${shape.names.length} are named`,
        'keep the first line of the file, which names the fields',
      );
    }
    for (let at = 0; at < words.length; at += 1) if (words[at] === '-') words[at] = undefined;
    const start = shape.value(words, 'start');
    const action = shape.value(words, 'action');
    const time = typeof start === 'string' ? fromEpoch(start, 's') : undefined;
    return new ShapedEvent(classes.of(typeof action === 'string' ? action : ''), time, place, text, shape, words);
  },
};

function isHead(text: string): boolean {
  return (
    /^(?:version|account-id|interface-id)(?: [a-z-]{2,40}){5,63}$/.test(text.slice(0, 2600)) && text.includes('srcaddr')
  );
}
