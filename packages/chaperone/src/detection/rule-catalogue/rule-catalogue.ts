import { createHash } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { loadDirectory, loadRules, type Refusal, type Rule, type RuleSet, type RuleSource } from '@chaperone/sigma';
import { sql } from 'kysely';
import type { Tx } from '../../storage/index.ts';
import { attackOf } from '../engine/rule-table.ts';

const OWN = fileURLToPath(new URL('../../../../../content/rules', import.meta.url));

/** The files of all rule packs, read once. */
export interface RulePacks {
  readonly sources: readonly RuleSource[];
  /** what they hold; thousands of rules take most of a second to read */
  readonly set: RuleSet;
  /** the same with an organisation's own documents, by their hash: those asked for last */
  readonly withOwn: Map<string, RuleSet>;
  readonly refused: readonly Refusal[];
  /** text of the document by the rule's file */
  readonly texts: ReadonlyMap<string, string>;
}

/** @param folders besides our own, where those are wanted */
export async function readRulePacks(folders: readonly string[], own: boolean): Promise<RulePacks> {
  const sources: RuleSource[] = [];
  for (const folder of [...(own ? [OWN] : []), ...folders]) sources.push(...(await loadDirectory(folder)).sources);
  const set = loadRules(sources);
  return {
    sources,
    set,
    withOwn: new Map(),
    refused: set.refused,
    texts: new Map(sources.map(({ file, text }) => [file, text])),
  };
}

/** Rule sets kept with own documents. */
const MOST_SETS = 8;

/** The rules of an organisation. */
export interface OrganizationRules {
  /** packs and its own documents */
  readonly all: RuleSet;
  /** names `all`: organisations whose sets have the same name share one */
  readonly key: string;
  /** ids of those that it switched off */
  readonly off: readonly string[];
  /** those by which its events are judged */
  readonly rules: RuleSet;
}

/** Packs and an organisation's own documents, and what it switched off. */
export async function rulesOf(tx: Tx, packs: RulePacks): Promise<OrganizationRules> {
  const documents = await tx.selectFrom('rule_document').select(['name', 'document', 'enabled']).execute();
  const own = documents
    .filter(({ enabled }) => enabled)
    .map(({ name, document }) => ({ file: `own/${name}`, text: document }));
  const { all, key } = setWith(packs, own);
  const off = (await tx.selectFrom('rule_setting').select('rule_id').where('enabled', '=', false).execute()).map(
    ({ rule_id }) => rule_id,
  );
  return { all, key, off, rules: withoutOff(all, off) };
}

/** A set without the rules of these ids. */
export function withoutOff(all: RuleSet, off: readonly string[]): RuleSet {
  if (off.length === 0) return all;
  const gone = new Set(off);
  return {
    ...all,
    rules: all.rules.filter(({ id }) => !gone.has(id)),
    correlations: all.correlations.filter(({ id }) => !gone.has(id)),
  };
}

function setWith(packs: RulePacks, own: readonly RuleSource[]): { all: RuleSet; key: string } {
  if (own.length === 0) return { all: packs.set, key: 'packs' };
  const key = createHash('sha256').update(JSON.stringify(own)).digest('base64url');
  const all = packs.withOwn.get(key) ?? loadRules([...packs.sources, ...own]);
  packs.withOwn.delete(key);
  packs.withOwn.set(key, all);
  if (packs.withOwn.size > MOST_SETS) packs.withOwn.delete(packs.withOwn.keys().next().value as string);
  return { all, key };
}

/** A rule as people see it. */
export interface CatalogueRule {
  readonly id: string;
  readonly title: string;
  readonly level: string;
  readonly enabled: boolean;
  readonly reason: string | null;
  readonly needs: readonly string[];
  readonly blind: string | null;
  readonly hits: number;
  readonly last_hit_at: Date | null;
  readonly pack: string;
  readonly author: string | null;
  readonly license: string | null;
  readonly description: string | null;
  readonly tags: readonly string[];
  readonly document?: string;
}

/** All rules of an organisation with what was decided about them, when they fired last, and which are blind. `kinds`: kinds of events seen. */
export async function ruleCatalogue(tx: Tx, packs: RulePacks, kinds: readonly string[]): Promise<CatalogueRule[]> {
  const { all } = await rulesOf(tx, packs);
  const settings = new Map(
    (await tx.selectFrom('rule_setting').selectAll().execute()).map((row) => [row.rule_id, row]),
  );
  const hits = new Map((await tx.selectFrom('rule_hit').selectAll().execute()).map((row) => [row.rule_id, row]));
  const seen = kinds.map((kind) => kind.toLowerCase());
  const one = (
    rule: Pick<Rule, 'id' | 'title' | 'level' | 'file' | 'tags' | 'author' | 'license'> & {
      readonly description?: string | undefined;
    },
    needs: readonly string[],
    blind: string | null,
  ): CatalogueRule => ({
    id: rule.id,
    title: rule.title,
    level: rule.level,
    enabled: settings.get(rule.id)?.enabled ?? true,
    reason: settings.get(rule.id)?.reason ?? null,
    needs,
    blind,
    hits: hits.get(rule.id)?.hits ?? 0,
    last_hit_at: hits.get(rule.id)?.last_hit_at ?? null,
    pack: packOf(rule.file),
    author: rule.author ?? null,
    license: rule.license ?? null,
    description: rule.description ?? null,
    tags: rule.tags,
    ...(packs.texts.has(rule.file) ? { document: packs.texts.get(rule.file)! } : {}),
  });
  return [
    ...all.rules.map((rule) => one(rule, [needOf(rule)], blindness(rule, seen))),
    ...all.correlations.map((rule) => one(rule, ['matches of other rules'], null)),
  ];
}

/** How the rules cover ATT&CK, by technique. */
export function coverageOf(rules: readonly CatalogueRule[]) {
  const cells = new Map<
    string,
    {
      tactic: string;
      technique: string;
      name: null;
      rules: number;
      enabled: number;
      blind: number;
      why_blind: Set<string>;
    }
  >();
  for (const rule of rules) {
    const { tactics, techniques } = attackOf(rule.tags);
    for (const tactic of tactics.length > 0 ? tactics : ['(none)'])
      for (const technique of techniques) {
        const key = `${tactic}/${technique}`;
        const cell = cells.get(key) ?? {
          tactic,
          technique,
          name: null,
          rules: 0,
          enabled: 0,
          blind: 0,
          why_blind: new Set<string>(),
        };
        cell.rules += 1;
        if (rule.enabled) cell.enabled += 1;
        if (rule.enabled && rule.blind !== null) {
          cell.blind += 1;
          cell.why_blind.add(rule.blind);
        }
        cells.set(key, cell);
      }
  }
  return [...cells.values()]
    .map(({ why_blind, ...cell }) => ({ ...cell, why_blind: [...why_blind].slice(0, 5) }))
    .sort((a, b) => (`${a.tactic}${a.technique}` < `${b.tactic}${b.technique}` ? -1 : 1));
}

/** Switches a rule on or off, with the reason. Survives the pack's updates. */
export async function setRule(
  tx: Tx,
  organization: string,
  rule: string,
  enabled: boolean,
  reason: string | null,
  by: string | null,
): Promise<void> {
  await tx
    .insertInto('rule_setting')
    .values({ organization_id: organization, rule_id: rule, enabled, reason, changed_by: by })
    .onConflict((conflict) =>
      conflict
        .columns(['organization_id', 'rule_id'])
        .doUpdateSet({ enabled, reason, changed_by: by, changed_at: sql`now()` }),
    )
    .execute();
}

function packOf(file: string): string {
  if (file.startsWith('own/')) return 'own';
  return file.startsWith(OWN) ? 'Chaperone' : 'other packs';
}

function needOf({ logsource }: Rule): string {
  return (
    [logsource.product, logsource.category, logsource.service].filter((part) => part !== undefined).join(' ') ||
    'any log'
  );
}

/** Why a rule can't see anything here: no event of its product or service has come yet. A guess from kinds of events, said as such. */
function blindness({ logsource }: Rule, seen: readonly string[]): string | null {
  const { product, service } = logsource;
  if (product === undefined) return null;
  const some = seen.filter(
    (kind) => kind.includes(product.toLowerCase()) || ALIASES[product]?.some((word) => kind.includes(word)),
  );
  if (some.length === 0) return `No source has sent ${product} logs yet.`;
  if (
    product === 'windows' &&
    service !== undefined &&
    !some.some((kind) => kind.replaceAll(/[-/ ]/g, '').includes(service.replaceAll('-', '')))
  )
    return `No source has sent the Windows log ${service} yet.`;
  return null;
}

const ALIASES: Readonly<Record<string, readonly string[]>> = {
  linux: ['syslog', 'auditd'],
  azure: ['entra', 'azure'],
  aws: ['cloudtrail'],
  m365: ['m365', 'office'],
  gcp: ['gcp'],
  okta: ['okta'],
};
