import { parse } from 'csv-parse/sync';
import type { Account, System, Ticket, Tickets } from '../registry.ts';
import { LIMITS, type RegistryDocument, type TicketDocument } from '../schema.ts';
import { didYouMean } from '../suggest.ts';
import type { Zone } from '../zone.ts';
import { parseMoment } from './instant.ts';
import { findProvider, type ProviderDraft } from './providers.ts';
import type { Path, RegistrySource } from './source.ts';

export interface TicketSurroundings {
  readonly zone: Zone;
  readonly drafts: readonly ProviderDraft[];
  readonly systems: readonly System[];
  /** gives the text of the CSV file named in the registry; throws or gives undefined where there is none */
  readonly read: ((path: string) => string | undefined) | undefined;
}

const COLUMNS = ['id', 'provider', 'account', 'system', 'from', 'to'];

/** Reads the tickets, in the file itself or in a CSV beside it. Undefined: there are none to judge by, and a term that needs one can't be judged. */
export function readTickets(
  source: RegistrySource,
  document: RegistryDocument['tickets'],
  around: TicketSurroundings,
): Tickets | undefined {
  if (document === undefined) return undefined;
  const whole =
    typeof document === 'string' ? { file: document } : Array.isArray(document) ? { list: document } : document;
  const listAt: Path = Array.isArray(document) ? ['tickets'] : ['tickets', 'list'];
  const list: Ticket[] = [];
  (whole.list ?? []).forEach((ticket, at) => {
    const read = readTicket(ticket, around);
    if (typeof read !== 'string') list.push(read);
    else
      source.report([...listAt, at], {
        code: 'REGISTRY_TICKETS',
        message: read,
        mend: mendFor(read, ticket, around),
        setAside: [...listAt, at],
      });
  });
  const fileAt: Path = typeof document === 'string' ? ['tickets'] : ['tickets', 'file'];
  if (whole.file !== undefined && !readCsv(source, fileAt, whole.file, around, list) && list.length === 0)
    return undefined;
  const limit = (key: 'from' | 'to') => {
    const text = 'from' in whole || 'to' in whole ? (whole as { from?: string; to?: string })[key] : undefined;
    const moment = text === undefined ? undefined : parseMoment(text, around.zone, key === 'to');
    if (text !== undefined && moment === undefined)
      source.report(['tickets', key], {
        code: 'REGISTRY_DATE',
        message: `"${text}" is no date.`,
        mend: 'Write `2026-03-01` or `2026-03-01T08:00`.',
        setAside: ['tickets', key],
      });
    return moment;
  };
  list.sort((a, b) => a.from - b.from);
  // Without a word about completeness, the list speaks for the time from its first to its last ticket.
  const covers = {
    from: limit('from') ?? list[0]?.from,
    to:
      limit('to') ??
      list.reduce<number | undefined>((last, ticket) => Math.max(last ?? ticket.to, ticket.to), undefined),
  };
  return { list, covers };
}

function readTicket(ticket: TicketDocument, around: TicketSurroundings): Ticket | string {
  const draft = findProvider(around.drafts, ticket.provider);
  if (draft === undefined) return `Ticket ${ticket.id}: no provider "${ticket.provider}" is declared.`;
  const from = parseMoment(ticket.from, around.zone, false);
  const to = parseMoment(ticket.to, around.zone, true);
  if (from === undefined || to === undefined)
    return `Ticket ${ticket.id}: "${from === undefined ? ticket.from : ticket.to}" is no date.`;
  if (to <= from) return `Ticket ${ticket.id} ends before it begins.`;
  let account: Account | undefined;
  if (ticket.account !== undefined) {
    const wanted = ticket.account.toLowerCase();
    account = draft.provider.accounts.find(({ declared, name }) =>
      [declared.name, declared.upn, declared.app, declared.role, declared.sid, name?.user].some(
        (text) => text?.toLowerCase() === wanted,
      ),
    );
    if (account === undefined) return `Ticket ${ticket.id}: ${draft.provider.name} has no account "${ticket.account}".`;
  }
  let system: System | undefined;
  if (ticket.system !== undefined) {
    system = around.systems.find((one) => one.name.toLowerCase() === ticket.system!.toLowerCase());
    if (system === undefined) return `Ticket ${ticket.id}: no system is called "${ticket.system}".`;
  }
  return { id: ticket.id, provider: draft.provider.slug, account, system, from, to };
}

function mendFor(message: string, ticket: TicketDocument, around: TicketSurroundings): string {
  if (message.includes('no provider'))
    return didYouMean(
      ticket.provider,
      around.drafts.map((draft) => draft.provider.slug),
      'Name the provider’s slug.',
    );
  if (message.includes('no account')) return 'Name one of the provider’s accounts, or leave `account` out.';
  if (message.includes('no system'))
    return didYouMean(
      ticket.system ?? '',
      around.systems.map((system) => system.name),
      'Name one of `systems`, or leave `system` out.',
    );
  return 'Write `from: 2026-03-02T08:00` and a later `to`.';
}

function readCsv(
  source: RegistrySource,
  path: Path,
  file: string,
  around: TicketSurroundings,
  list: Ticket[],
): boolean {
  const fail = (message: string, mend: string) => {
    source.report(path, { code: 'REGISTRY_TICKETS', message, mend, setAside: path });
    return false;
  };
  let text: string | undefined;
  try {
    text = around.read?.(file);
  } catch {
    text = undefined;
  }
  if (text === undefined)
    return fail(`The ticket file "${file}" can't be read.`, 'Give a path beside the registry file.');
  if (text.length > LIMITS.bytes)
    return fail(`The ticket file "${file}" is larger than ${LIMITS.bytes / 1e6} MB.`, 'Export a shorter time.');
  let rows: { record: string[]; info: { lines: number } }[];
  try {
    rows = parse(text, {
      bom: true,
      info: true,
      relax_column_count: true,
      skip_empty_lines: true,
      trim: true,
      max_record_size: 100_000,
    }) as unknown as typeof rows;
  } catch (error) {
    return fail(
      `The ticket file "${file}" is no CSV: ${(error as Error).message.slice(0, 120)}`,
      `Columns: ${COLUMNS.join(',')}.`,
    );
  }
  const header = (rows[0]?.record ?? []).map((name) => name.toLowerCase());
  const missing = ['id', 'provider', 'from', 'to'].filter((name) => !header.includes(name));
  if (missing.length > 0)
    return fail(
      `The ticket file "${file}" lacks the column ${missing.join(', ')}.`,
      `Its first line should be ${COLUMNS.join(',')}.`,
    );
  let bad = 0;
  for (const { record, info } of rows.slice(1, LIMITS.items + 1)) {
    const cell = (name: string) => {
      const value = record[header.indexOf(name)];
      return value === undefined || value === '' ? undefined : value;
    };
    const ticket = {
      id: cell('id') ?? '',
      provider: cell('provider') ?? '',
      account: cell('account'),
      system: cell('system'),
      from: cell('from') ?? '',
      to: cell('to') ?? '',
    };
    const read = readTicket(ticket, around);
    if (typeof read !== 'string') list.push(read);
    else if (++bad <= 20)
      source.report(path, {
        code: 'REGISTRY_TICKETS',
        message: `${file}, line ${info.lines}: ${read}`,
        mend: mendFor(read, ticket, around),
      });
  }
  if (bad > 20)
    source.report(path, {
      code: 'REGISTRY_TICKETS',
      message: `${file}: ${bad - 20} more lines like these.`,
      mend: 'Mend the ones above first.',
    });
  if (rows.length - 1 > LIMITS.items)
    source.report(path, {
      code: 'REGISTRY_TICKETS',
      message: `${file}: only the first ${LIMITS.items} tickets were read.`,
      mend: 'Export a shorter time.',
    });
  return true;
}
