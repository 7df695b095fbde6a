import type { Test } from '../ast.ts';
import { sqlString } from './literal.ts';
import { WHITE } from './network-sql.ts';

type Part = Extract<Test, { kind: 'timepart' }>['part'];

const DATE = `^${WHITE}*(\\d{4})[-/](\\d{1,2})[-/](\\d{1,2})`;
const ISO = `${DATE}(?:[T ]+(\\d{1,2}):(\\d{2})(?:\\D|$))`;
const ISO_DATE = `${DATE}(?:\\D|$)`;
const WEB = `^${WHITE}*\\[?(\\d{1,2})/([A-Za-z]{3})/(\\d{4}):(\\d{2}):(\\d{2})`;
const MONTHS = "['jan','feb','mar','apr','may','jun','jul','aug','sep','oct','nov','dec']";

/**
 * A part of a time stamp, NULL where the text is none; the forms are those of the evaluator (`timePart`). The stamp is
 * taken as written: no zone comes in.
 */
export function timePartSql(part: Part, value: string): string {
  const groups = (regex: string) => `extractGroups(${value}, ${sqlString(regex)})`;
  const iso = groups(ISO);
  const date = groups(ISO_DATE);
  const web = groups(WEB);
  // [year, month, day, hour, minute]; -1 for what a date alone doesn't have; [] for no time stamp
  const numbers = (array: string) => `arrayMap(x -> toInt64(x), ${array})`;
  const webNumbers = numbers(
    `[${web}[3], toString(indexOf(${MONTHS}, lower(${web}[2]))), ${web}[1], ${web}[4], ${web}[5]]`,
  );
  const digits = `match(${value}, '^\\\\d{9,19}(?:\\\\.\\\\d{1,9})?$')`;
  const epoch = `toFloat64(if(${digits}, ${value}, '0'))`;
  const seconds = `multiIf(${epoch} < 1e11, ${epoch}, ${epoch} < 1e14, ${epoch} / 1e3, ${epoch} < 1e17, ${epoch} / 1e6, ${epoch} / 1e9)`;
  const stamp = `toDateTime64(toInt64(floor(${seconds})), 0, 'UTC')`;
  // beyond the year 2299 there is no calendar, here and in the evaluator
  const dated = `${digits} AND ${seconds} < 10413792000`;
  const ofEpoch = `[toInt64(toYear(${stamp})), toInt64(toMonth(${stamp})), toInt64(toDayOfMonth(${stamp})), toInt64(toHour(${stamp})), toInt64(toMinute(${stamp}))]`;
  const parts = `multiIf(notEmpty(${iso}), ${numbers(iso)}, notEmpty(${date}), arrayConcat(${numbers(date)}, [toInt64(-1), toInt64(-1)]), notEmpty(${web}), ${webNumbers}, ${dated}, ${ofEpoch}, emptyArrayInt64())`;
  return `arrayElement(arrayMap(p -> ${chosen(part)}, [${parts}]), 1)`;
}

function chosen(part: Part): string {
  const good = 'length(p) = 5 AND p[2] BETWEEN 1 AND 12 AND p[3] BETWEEN 1 AND 31 AND p[4] <= 24 AND p[5] <= 59';
  const index = ['year', 'month', 'day', 'hour', 'minute'].indexOf(part) + 1;
  if (index > 0) return `if(${good} AND p[${index}] >= 0, toNullable(p[${index}]), NULL)`;
  // days that the month doesn't have run on into the next one, as in the evaluator
  const day = `addDays(makeDate32(greatest(1900, least(2299, p[1])), greatest(1, least(12, p[2])), 1), toInt32(p[3]) - 1)`;
  return `if(${good} AND p[1] BETWEEN 1900 AND 2299, toNullable(toInt64(toISOWeek(${day}))), NULL)`;
}
