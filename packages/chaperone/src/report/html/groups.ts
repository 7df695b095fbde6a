import type { Group } from '../../detection/index.ts';
import { tacticOf, tactics } from '../attack-names.ts';
import { cut } from '../inert.ts';
import { counted, levels, number } from '../words.ts';
import { type Context, figures, levelOf, nameOf, section, table, timeOf } from './context.ts';
import { type Html, html } from './html.ts';

/** More rows than anyone reads; the rest is in the other files. */
const mostRows = 100;

/** What the findings can be narrowed to by one press: provider, account, host, tactic, rule. */
export type Facet = 'provider' | 'account' | 'host' | 'tactic' | 'rule';

/** What the engine calls the group of findings whose events name no account or host. */
const unnamed = '(not named)';

/** The value by which a row of a table and a finding of the list recognise each other; never markup, never a selector. */
export function facetKey(name: string | null): string {
  return name === null ? '' : cut(name, 200);
}

export function byProvider(context: Context): Html {
  const { by_provider: counts, total } = context.result.summary.findings;
  const left = counts.find(({ provider }) => provider === null)?.count ?? 0;
  const none = 'No provider we know of';
  const lead =
    left === 0
      ? undefined
      : left === total
        ? 'None of the findings could be tied to a provider. A registry file says who your providers are and which accounts they hold.'
        : `${counted(left, 'finding')} could not be tied to a provider that we know of.`;
  return grouped(context, 'providers', 'By provider', 'provider', context.result.by_provider, none, lead);
}

export function byAccount(context: Context): Html {
  return grouped(context, 'by-account', 'By account', 'account', context.result.by_account, 'No account named');
}

export function byHost(context: Context): Html {
  return grouped(context, 'hosts', 'By host', 'host', context.result.by_host, 'No host named');
}

export function byTactic(context: Context): Html {
  const order = (name: string) => {
    const tactic = tacticOf(name);
    const at = tactic === undefined ? -1 : tactics.indexOf(tactic);
    return at === -1 ? tactics.length : at;
  };
  const groups = [...context.result.by_tactic].sort((a, b) => order(a.name) - order(b.name));
  return grouped(context, 'tactics', 'By ATT&CK tactic', 'tactic', groups, 'No tactic tagged');
}

function grouped(
  context: Context,
  id: string,
  title: string,
  facet: Facet,
  groups: readonly Group[],
  none: string,
  lead?: string,
): Html {
  if (groups.length === 0) return section(id, title, html`<p>${lead ?? 'There are no findings to group.'}</p>`);
  const rows = groups.slice(0, mostRows).map((each) => {
    const group = { ...each, name: each.name === unnamed ? '' : each.name };
    const tactic = facet === 'tactic' ? tacticOf(group.name) : undefined;
    const name = tactic === undefined ? nameOf(group.name, none) : html`${tactic.name} <small>${tactic.id}</small>`;
    return html`<th scope="row">${name}</th><td class="n"><span data-facet="${facet}" data-value="${facetKey(group.name)}">${number(group.count)}</span></td><td class="levels">${levels
      .filter((level) => (group.by_level[level] ?? 0) > 0)
      .map(
        (level) => html`${levelOf(level, group.by_level[level])} `,
      )}</td><td class="time">${timeOf(group.first, context)}</td><td class="time">${timeOf(group.last, context)}</td><td class="wide">${group.rules
      .slice(0, 3)
      .map((rule, i) => html`${i > 0 ? '; ' : ''}${cut(rule.title, 120)} (${number(rule.count)})`)}${
      group.rules.length > 3 ? '; …' : ''
    }</td>`;
  });
  const more =
    groups.length > mostRows
      ? `${counted(groups.length - mostRows, 'more row')} not shown here; findings.jsonl holds them all.`
      : undefined;
  const head = facet === 'tactic' ? 'Tactic' : facet[0].toUpperCase() + facet.slice(1);
  return section(
    id,
    title,
    table(title, [head, figures('Findings'), 'Levels', 'First', 'Last', 'Most often'], rows, { more }),
    lead,
  );
}
