import type { AccountUse } from '../../detection/index.ts';
import { cut } from '../inert.ts';
import { counted, number } from '../words.ts';
import { type Context, figures, nameOf, section, table, timeOf } from './context.ts';
import { type Html, html, markup } from './html.ts';

const mostRows = 300;

/** Three answers, three words, three shapes. Unknown never looks like never. */
const shapes: Readonly<Record<AccountUse['use'], Html>> = {
  seen: markup(
    '<svg class="shape" viewBox="0 0 12 12" aria-hidden="true"><circle cx="6" cy="6" r="5" class="fill"/></svg>',
  ),
  never: markup(
    '<svg class="shape" viewBox="0 0 12 12" aria-hidden="true"><rect x="1.5" y="1.5" width="9" height="9" class="line"/></svg>',
  ),
  unknown: markup(
    '<svg class="shape" viewBox="0 0 12 12" aria-hidden="true"><path d="M6 1 11 10.5H1Z" class="dash"/></svg>',
  ),
};

/** Last use of the accounts we know of: declared ones first, then traces of undeclared provider accounts, then the rest. */
export function accounts(context: Context): Html {
  const all = context.result.summary.accounts;
  if (all.length === 0)
    return section(
      'accounts',
      'Accounts and their last use',
      html`<p>No account was declared, and none was seen in these logs. A registry file (chaperone.yaml) names the accounts to watch.</p>`,
    );
  const order = (a: AccountUse) => (a.provider !== null ? (a.declared ? 1 : 0) : 2);
  const sorted = [...all].sort((a, b) => order(a) - order(b) || b.events - a.events);
  const count = (use: AccountUse['use']) => all.filter((account) => account.use === use).length;
  const rows = sorted
    .slice(0, mostRows)
    .map(
      (account) =>
        html`<th scope="row">${nameOf(account.account, 'no name')}</th><td>${nameOf(account.provider, 'none')}</td><td>${registered(
          account,
        )}</td><td class="use">${shapes[account.use]} ${account.use}</td><td class="time">${when(account.first, context)}</td><td class="time">${when(account.last, context)}</td><td class="n">${number(account.events)}</td><td class="wide">${cut(account.note, 400)}</td>`,
    );
  return section(
    'accounts',
    'Accounts and their last use',
    table(
      'Accounts and their last use',
      ['Account', 'Provider', 'Registry', 'Use', 'First', 'Last', figures('Events'), 'How we know'],
      rows,
      {
        more: all.length > mostRows ? `${counted(all.length - mostRows, 'more account')} in summary.json.` : undefined,
      },
    ),
    `${counted(count('seen'), 'account')} seen, ${number(count('never'))} never, ${number(count('unknown'))} unknown. Never means that a witness watched and saw nothing; unknown means that nothing here could have seen it, and is not a reason to switch an account off.`,
  );
}

/** An account of our own need not be in the registry; one that looks like a provider's must. */
function registered({ declared, provider }: AccountUse): Html | string {
  if (declared) return 'declared';
  return provider === null ? html`<span class="none">not a provider’s</span>` : html`<strong>not declared</strong>`;
}

function when(time: string | null, context: Context): Html {
  return time === null ? html`<span class="none">none</span>` : timeOf(time, context);
}
