import { renderRefusal, type TableMapping, toClickHouse } from '@chaperone/sigma';
import { inert } from '../../report/index.ts';
import { exit, UsageError } from '../exit.ts';
import type { Io } from '../io.ts';
import { loadRuleSet } from './load-rule-set.ts';

/** Options of `chaperone rules sql`. */
export interface RulesSqlArguments {
  pipeline?: string[];
  table: string;
}

/** `chaperone rules sql`: a statement a rule, over a table whose columns docs/cli.md shows. */
export async function rulesSql(paths: string[], given: RulesSqlArguments, io: Io): Promise<number> {
  const parts = given.table.split('.');
  if (parts.length > 2 || parts.some((part) => !/^[A-Za-z_]\w*$/.test(part)))
    throw new UsageError(
      `"${given.table}" is no name of a table`,
      'Give TABLE or DATABASE.TABLE, of letters, digits and underscores.',
    );
  const [table, database] = parts.reverse();
  const mapping: TableMapping = {
    ...(database === undefined ? {} : { database }),
    table,
    columns: { fields: 'fields', numbers: 'numbers', raw: 'raw', time: 'time', shown: ['id', 'time', 'raw'] },
  };
  const { set, sources, unread } = await loadRuleSet(paths, given, io);
  const texts = new Map(sources.map(({ file, text }) => [file, text] as const));
  const refused = [...set.refused];
  for (const rule of set.rules) {
    const query = toClickHouse(rule, mapping);
    if (!('select' in query)) refused.push(query);
    else io.stdout.write(`-- ${inert(rule.title)} (${inert(rule.id)})\n${query.select};\n\n`);
  }
  for (const refusal of refused) io.stderr.write(`${renderRefusal(refusal, texts.get(refusal.file))}\n`);
  for (const { path, reason } of unread) io.stderr.write(`unread: ${inert(path)}: ${inert(reason)}\n`);
  if (set.correlations.length > 0)
    io.stderr.write(`${set.correlations.length} correlations are not translated by this command; a scan runs them.\n`);
  return refused.length + unread.length > 0 ? exit.found : exit.clean;
}
