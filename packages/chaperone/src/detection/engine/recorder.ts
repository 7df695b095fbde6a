import type { LogEvent, Place } from '../../telemetry/index.ts';
import type { Finding } from '../finding.ts';
import type { Explained } from './explained.ts';
import type { Entry } from './ledger.ts';
import type { PartWriter } from './part-writer.ts';
import { rfc3339 } from './rfc3339.ts';
import { type RuleRow, textHash } from './rule-table.ts';
import type { Teller } from './teller.ts';

/** The raw form of an event in a finding is cut to this many characters. */
const RAW = 6_000;

/** Room for the parts of a line that differ each time: id, times, record, offset, the time in words with its zone. */
const SMALL = 512;
/** Bytes of ends of lines that are kept. */
const MOST_END_BYTES = 6 << 20;

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** Activities whose words are remembered; past it everything is forgotten and begun anew. */
const REMEMBERED = 20_000;

/** What a ledger entry contributes to each of its findings, worked out once. */
interface Who {
  /** from the end of the source to the time in the sentence, as bytes of JSON */
  readonly bytes: Uint8Array;
  /** the sentences before and after the time and the reasons */
  readonly did: string;
  readonly seen: string;
  readonly seenJson: string;
}

/** Writes rule findings as lines of JSON. The parts that repeat (rule, who, why) are joined as ready text. */
export class Recorder {
  private readonly organization: string | null;
  private readonly part: PartWriter;
  private readonly teller: Teller;
  private readonly whos = new Map<Entry, Who>();
  /** the part of a line from the rule to the record's number, by the rule's number; for the file at hand */
  private readonly middles = new Map<number, Uint8Array>();
  private readonly ended = new Set<Explained>();
  private endBytes = 0;
  private file = '';
  private fileHash = 0;
  private fileJson = '';

  constructor(part: PartWriter, organization: string | null, teller: Teller) {
    this.part = part;
    this.teller = teller;
    this.organization = organization;
  }

  /**
   * Writes one line; the same content as `finding` but for the raw form. What repeats is kept as bytes: the rule with the file,
   * who, and why for this activity.
   */
  write(row: RuleRow, entry: Entry, explained: Explained, time: number, place: Place): void {
    if (place.file !== this.file) this.open(place.file);
    const { part } = this;
    const who = this.who(entry);
    const middle = this.middle(row);
    const end = this.end(explained, who, entry);
    if (!part.begin(middle.length + who.bytes.length + end.length + SMALL)) {
      part.line(this.text(row, entry, explained, time, place));
      return;
    }
    part.ascii(`{"id":"${this.id(row, place)}","time":${Number.isNaN(time) ? 'null' : `"${rfc3339(time)}"`},`);
    part.ready(middle);
    part.ascii(place.offset === undefined ? `${place.record}` : `${place.record},"offset":${place.offset}`);
    part.ready(who.bytes);
    part.ascii(this.teller.when(time));
    part.ready(end);
    part.end();
  }

  /** The whole line as text, for one that is longer than any buffer. */
  private text(row: RuleRow, entry: Entry, explained: Explained, time: number, place: Place): string {
    const who = this.who(entry);
    const offset = place.offset === undefined ? '' : `,"offset":${place.offset}`;
    const stamp = Number.isNaN(time) ? 'null' : `"${rfc3339(time)}"`;
    return (
      `{"id":"${this.id(row, place)}","time":${stamp},${row.json},"source":{"file":${this.fileJson},"record":` +
      `${place.record}${offset}${decoder.decode(who.bytes)}${this.teller.when(time)}${decoder.decode(this.end(explained, who, entry))}`
    );
  }

  private middle(row: RuleRow): Uint8Array {
    let bytes = this.middles.get(row.number);
    if (bytes === undefined) {
      bytes = encoder.encode(`${row.json},"source":{"file":${this.fileJson},"record":`);
      this.middles.set(row.number, bytes);
    }
    return bytes;
  }

  private end(explained: Explained, who: Who, entry: Entry): Uint8Array {
    let bytes = explained.ends.get(entry.number);
    if (bytes === undefined) {
      const { key } = entry.facts.class;
      bytes = encoder.encode(
        `. ${explained.wordsJson}${who.seenJson}",${explained.json},"event":{"class":${JSON.stringify(key)}}}`,
      );
      if (this.endBytes + bytes.length > MOST_END_BYTES) {
        for (const one of this.ended) one.ends.clear();
        this.ended.clear();
        this.endBytes = 0;
      }
      this.endBytes += bytes.length;
      this.ended.add(explained);
      explained.ends.set(entry.number, bytes);
    }
    return bytes;
  }

  /** The same finding as an object, with the event's raw form. */
  finding(row: RuleRow, entry: Entry, explained: Explained, event: LogEvent): Finding {
    const { rule } = row;
    const time = event.time ?? Number.NaN;
    if (event.place.file !== this.file) this.open(event.place.file);
    const who = this.who(entry);
    const raw = event.raw();
    return {
      id: this.id(row, event.place),
      time: !Number.isNaN(time) ? rfc3339(time) : null,
      level: rule.level,
      confidence: row.confidence,
      detector: 'rule',
      rule: {
        id: rule.id,
        title: rule.title,
        author: rule.author,
        license: rule.license,
        file: rule.file,
        tags: rule.tags,
      },
      source: event.place,
      ...subject(entry, this.organization),
      why: `${who.did} ${this.teller.when(time)}. ${explained.words}${who.seen}`,
      evidence: explained.evidence,
      attack: { tactics: row.tactics, techniques: row.techniques },
      event: { class: entry.facts.class.key, raw: raw.length > RAW ? `${raw.slice(0, RAW)} ...` : raw },
    };
  }

  private open(file: string): void {
    this.middles.clear();
    this.file = file;
    this.fileHash = textHash(file);
    this.fileJson = JSON.stringify(file);
  }

  /** A name for the finding that is the same in every run over the same files. */
  private id(row: RuleRow, place: Place): string {
    const low = Math.imul(this.fileHash ^ Math.imul(place.record | 0, 0x9e3779b1), 0x85ebca6b) >>> 0;
    const high = Math.imul(row.hash ^ Math.imul((place.offset ?? 0) | 0, 0xc2b2ae35) ^ low, 0x27d4eb2f) >>> 0;
    return `f-${hex(row.hash)}${hex(high)}${hex(low)}`;
  }

  private who(entry: Entry): Who {
    const known = this.whos.get(entry);
    if (known !== undefined) return known;
    const did = this.teller.did(entry);
    const seen = this.teller.seen(entry);
    const who: Who = {
      bytes: encoder.encode(
        `},${inside(JSON.stringify(subject(entry, this.organization)))},"why":"${inside(JSON.stringify(did))} `,
      ),
      did,
      seen,
      seenJson: inside(JSON.stringify(seen)),
    };
    if (this.whos.size >= REMEMBERED) this.whos.clear();
    this.whos.set(entry, who);
    return who;
  }
}

/** Who and where, as a finding says it. */
export function subject(
  entry: { readonly attribution: Entry['attribution'] },
  organization: string | null,
): Pick<Finding, 'organization' | 'provider' | 'account' | 'host' | 'src_ip' | 'attribution'> {
  const { attribution } = entry;
  return {
    organization,
    provider: attribution.provider ?? null,
    account: attribution.account ?? null,
    host: attribution.host ?? null,
    src_ip: attribution.src_ip ?? null,
    ...(attribution.by.length > 0 ? { attribution: attribution.by.join('; ') } : {}),
  };
}

const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));

/** Eight hexadecimal digits: a number's own `toString` costs more than the rest of a finding's id. */
function hex(n: number): string {
  return HEX[n >>> 24] + HEX[(n >>> 16) & 255] + HEX[(n >>> 8) & 255] + HEX[n & 255];
}

/** JSON without its outermost brackets or quotes. */
export function inside(json: string): string {
  return json.slice(1, -1);
}
