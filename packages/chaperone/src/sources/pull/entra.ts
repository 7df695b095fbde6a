import { jsonOf, listOf, sameServer } from './answer.ts';
import { microsoftToken } from './microsoft-token.ts';
import { isoSecond, type Pull, type PullCursor, recordBytes, timeIn } from './pull.ts';
import type { SettingsOf } from './settings.ts';

type Settings = SettingsOf<'entra'>;

const HOUR = 3_600_000;
/** Sign-ins show up minutes to some two hours after they happened; so far back is asked again. */
const OVERLAP = 2 * HOUR;
/** Graph gives the newest first: in windows of this length a broken pull repeats no more than one. */
const WINDOW = 6 * HOUR;
const FIRST = 24 * HOUR;
const MAX_PAGES = 100_000;
/** What stands in which field of each log. */
const TIMES: Readonly<Record<string, string>> = { signIns: 'createdDateTime', directoryAudits: 'activityDateTime' };

/** Sign-ins and directory audits of Microsoft Entra by Graph. */
export const pullEntra: Pull<Settings> = async function* (settings, cursor, context) {
  const api = settings.api.replace(/\/$/, '');
  const token = microsoftToken(settings, `${api}/.default`, context);
  let whole: PullCursor = cursor;
  for (const log of settings.logs) {
    const now = context.now();
    const known = timeIn(whole, log);
    const first = settings.since === undefined ? now - FIRST : Date.parse(settings.since);
    let from = known === undefined ? first : known - OVERLAP;
    while (from < now) {
      const to = Math.min(from + WINDOW, now);
      const field = TIMES[log];
      const query = new URLSearchParams({
        $filter: `${field} ge ${isoSecond(from)} and ${field} le ${isoSecond(to)}`,
        $top: '500',
      });
      let url: string | undefined = `${api}/v1.0/auditLogs/${log}?${query}`;
      for (let page = 0; url !== undefined && page < MAX_PAGES; page += 1) {
        const answer = await context.fetch(url, { headers: { authorization: `Bearer ${await token()}` } });
        const records = listOf(answer, 'value').map(recordBytes);
        const next = (jsonOf(answer) as Record<string, unknown>)['@odata.nextLink'];
        url = typeof next === 'string' ? sameServer(next, api) : undefined;
        if (url === undefined) whole = { ...whole, [log]: isoSecond(to) };
        yield { records, cursor: whole };
      }
      from = to;
    }
  }
};
