import { readFile, stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import {
  type EventAccess,
  type Explanation,
  explain,
  type LogSource,
  type Offer,
  objectAccess,
  type Rule,
} from '@chaperone/sigma';
import { isZone } from '../../report/index.ts';
import type { LogEvent } from '../../telemetry/index.ts';
import { exit, UsageError } from '../exit.ts';
import { findEvent, parsePlace } from '../find-event.ts';
import type { Io } from '../io.ts';
import { paintFor } from '../terminal/paint.ts';
import { explanationText } from './explanation-text.ts';
import { loadRuleSet, ownRules } from './load-rule-set.ts';

/** Options of `chaperone rules explain`. */
export interface RulesExplainArguments {
  rules?: string[];
  pipeline?: string[];
  zone?: string;
  json?: boolean;
}

/** A rule held against one event: whether it applies to such events at all, and what its tests say. */
export interface Explained {
  readonly rule: Rule;
  /** undefined: a JSON object of no format that we know, whose log source can't be told */
  readonly event:
    | { readonly class: string; readonly file: string; readonly record: number; readonly time: number | undefined }
    | undefined;
  readonly offers: readonly Offer[];
  readonly applies: boolean;
  /** the rule fires: it applies and its condition holds */
  readonly fires: boolean;
  readonly explanation: Explanation;
}

/** Bytes of a bare JSON event. */
const mostBytes = 16_000_000;

/** `chaperone rules explain`: exit code 1 when the rule fires, 0 when it doesn't. */
export async function rulesExplain(name: string, where: string, given: RulesExplainArguments, io: Io): Promise<number> {
  if (given.zone !== undefined && !isZone(given.zone))
    throw new UsageError(
      `"${given.zone}" is no time zone that this machine knows`,
      'Give an IANA name such as Europe/Zurich.',
    );
  const rules = await findRules(name, given, io);
  const place = await parsePlace(where, io);
  const results: Explained[] = [];
  const known = await findEvent(place, { zone: given.zone, io }, (event) => {
    for (const rule of rules) results.push(againstEvent(rule, event));
  });
  if (!known) {
    const event = await bareEvent(place.file, place.record, io);
    for (const rule of rules)
      results.push({ rule, event: undefined, offers: [], applies: true, ...judged(explain(rule, event), true) });
  }
  if (given.json === true)
    io.stdout.write(`${JSON.stringify(results.length === 1 ? results[0] : results, asData, 2)}\n`);
  else {
    const paint = paintFor(io.stdout, io.env);
    for (const result of results)
      io.stdout.write(explanationText(result, { paint, columns: io.stdout.columns ?? 100 }));
  }
  return results.some(({ fires }) => fires) ? exit.found : exit.clean;
}

function againstEvent(rule: Rule, event: LogEvent): Explained {
  const { offers, key } = event.class;
  const fitting = offers.filter((offer) => answers(rule.logsource, offer));
  const applies = fitting.length > 0;
  // The same kind of event may be offered under several names of its fields: one under which the rule holds tells most
  const tried = (applies ? fitting : [undefined]).map((offer) => explain(rule, event, offer?.fields));
  const explanation = tried.find(({ held }) => held) ?? tried[0];
  const { file, record } = event.place;
  return {
    rule,
    event: { class: key, file, record, time: event.time },
    offers,
    applies,
    ...judged(explanation, applies),
  };
}

function judged(explanation: Explanation, applies: boolean) {
  return { fires: applies && explanation.held, explanation };
}

/** Whether an offer is all that a rule's log source asks for, without case. */
function answers(asked: LogSource, offer: Offer): boolean {
  return (['product', 'category', 'service'] as const).every(
    (part) => asked[part] === undefined || asked[part].toLowerCase() === offer[part]?.toLowerCase(),
  );
}

async function findRules(name: string, given: RulesExplainArguments, io: Io): Promise<readonly Rule[]> {
  const isFile = await stat(resolve(io.cwd, name)).then(
    (info) => info.isFile(),
    () => false,
  );
  const from = isFile ? [name] : [...(given.rules ?? []), ...(given.rules === undefined ? [ownRules] : [])];
  const { set } = await loadRuleSet(from, given, io);
  const wanted = name.toLowerCase();
  const named = (rule: { id: string; name?: string; title: string }) =>
    isFile || [rule.id, rule.name, rule.title].some((each) => each?.toLowerCase() === wanted);
  const rules = set.rules.filter(named);
  if (rules.length > 0) return rules;
  const correlation = set.correlations.find(named);
  if (correlation !== undefined)
    throw new UsageError(
      `${correlation.title} is a correlation: it holds over many events, not over one`,
      `Explain the rules that it counts: ${correlation.rules.join(', ')}.`,
    );
  if (isFile && set.refused.length > 0)
    throw new UsageError(`${name} can’t run: ${set.refused[0].message}`, 'chaperone rules check says more.');
  throw new UsageError(
    isFile ? `${name} holds no rule` : `there is no rule with the id, name or title "${name}"`,
    isFile
      ? 'Give a Sigma rule file.'
      : 'Give a rule file, or say where to look with --rules. chaperone rules list shows what there is.',
  );
}

/** A JSON object that a rule's author wrote by hand, with the fields that Sigma names. */
async function bareEvent(file: string, record: number | undefined, { cwd }: Io): Promise<EventAccess> {
  const path = resolve(cwd, file);
  if ((await stat(path)).size > mostBytes)
    throw new UsageError(`${file} is of no format that we know`, 'Name an event of a log, or a small JSON file.');
  const text = await readFile(path, 'utf8');
  const part = record === undefined ? text : (text.split('\n')[record - 1] ?? '');
  try {
    const value: unknown = JSON.parse(part);
    if (typeof value === 'object' && value !== null && !Array.isArray(value))
      return objectAccess(value as Record<string, unknown>, part);
  } catch {
    // said below
  }
  throw new UsageError(
    `${file} is of no format that we know, and no JSON object`,
    'Name an event of a log, or write one as a JSON object.',
  );
}

/** Maps and the rule’s tree are left out: what the explanation says is enough. */
function asData(key: string, value: unknown): unknown {
  if (key !== 'rule' || typeof value !== 'object' || value === null || !('logsource' in value)) return value;
  const { id, title, level, logsource, file } = value as Rule;
  return { id, title, level, logsource, file };
}
