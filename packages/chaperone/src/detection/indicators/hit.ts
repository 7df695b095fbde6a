import type { Level } from '@chaperone/sigma';
import { shown } from '../registry-finding.ts';
import type { Indicator, IndicatorType } from './indicator.ts';

/** What is to be said of an indicator that was met. */
export interface SaidHit {
  readonly title: string;
  /** `low`; `informational` where the feed no longer stood for it */
  readonly level: Level;
  /** one or two sentences: what it is, whose list, how old */
  readonly why: string;
}

const NAMES: Readonly<Record<IndicatorType, string>> = {
  domain: 'domain',
  url: 'URL',
  ip: 'address',
  cidr: 'address block',
  email: 'mail address',
  md5: 'MD5 hash',
  sha1: 'SHA-1 hash',
  sha256: 'SHA-256 hash',
  'file-name': 'file name',
  'file-path': 'file path',
  mutex: 'mutex',
  pipe: 'named pipe',
  'registry-key': 'registry key',
  imphash: 'import hash',
};
/** Values that pass from one owner to the next. */
const CHANGES_HANDS: ReadonlySet<IndicatorType> = new Set(['ip', 'cidr', 'domain', 'url', 'email']);
const HASHES: ReadonlySet<IndicatorType> = new Set(['md5', 'sha1', 'sha256']);
const YEAR = 365.25 * 86_400_000;
/** Below this an age isn't worth a word. */
const FRESH = YEAR / 2;

/**
 * What a met indicator amounts to: little. It is only a value that was once seen elsewhere, so the level is low, and its feed and its age stand in
 * the sentence. `time` is of the event, in microseconds; undefined or NaN where the source states none.
 */
export function describeHit(indicator: Indicator, time: number | undefined): SaidHit {
  const moment = time === undefined || Number.isNaN(time) ? undefined : time / 1000;
  const expired = indicator.validUntil !== undefined && (moment === undefined || moment >= indicator.validUntil);
  const about = indicator.description === undefined ? '' : ` (${shown(indicator.description)})`;
  return {
    title: `Listed ${NAMES[indicator.type]}: ${shown(indicator.written)}`,
    level: expired ? 'informational' : 'low',
    why: `The ${NAMES[indicator.type]} ${shown(indicator.written)} stands in ${shown(indicator.feed)}${about}${age(indicator, moment, expired)}${worth(indicator)}`,
  };
}

function age(indicator: Indicator, moment: number | undefined, expired: boolean): string {
  const ended = expired ? ` The feed stood for it only until ${day(indicator.validUntil!)}.` : '';
  if (indicator.validFrom === undefined) return `; the feed doesn't say since when.${ended}`;
  const year = new Date(indicator.validFrom).getUTCFullYear();
  if (moment !== undefined && moment < indicator.validFrom) return `, listed in ${year}, after this event.${ended}`;
  if (moment !== undefined && moment - indicator.validFrom < FRESH)
    return `, listed on ${day(indicator.validFrom)}.${ended}`;
  const years = moment === undefined ? undefined : Math.round((moment - indicator.validFrom) / YEAR);
  const old =
    years === undefined || years < 1 ? '' : `, ${years === 1 ? 'a year' : `${years} years`} before this event`;
  const hands = CHANGES_HANDS.has(indicator.type) ? '; such values change hands' : '';
  const names = hands === '' && !HASHES.has(indicator.type) ? '; others may use the same name' : '';
  return `, listed in ${year}${old}${hands}${names}.${ended}`;
}

function worth({ confidence }: Indicator): string {
  return confidence === undefined ? '' : ` Its confidence is ${confidence} of 100.`;
}

function day(milliseconds: number): string {
  return new Date(milliseconds).toISOString().slice(0, 10);
}
