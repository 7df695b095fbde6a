/**
 * What counts as a number. Sources write the same number as `4`, `"4"` or `"0x4"` (ProcessId, AccessMask), and Sigma
 * compares them alike. A text is numeric when it is a decimal without needless zeros (`0`, `-12`, `3.50`) or
 * hexadecimal with `0x` (`0x00000004`); `007`, `1e3`, ` 4` and `+4` are text and nothing else.
 */
const DECIMAL = /^-?(?:0|[1-9][0-9]{0,30})(?:\.[0-9]{1,30})?$/;
const HEXADECIMAL = /^0x[0-9a-f]{1,30}$/i;

/** The number that a value of an event stands for; undefined where it stands for none. Booleans are no numbers. */
export function numericValue(value: unknown): number | undefined {
  switch (typeof value) {
    case 'number':
      return value;
    case 'bigint':
      return Number(value);
    case 'string':
      return numericText(value);
    default:
      return undefined;
  }
}

/** The number that a text stands for, or undefined. */
export function numericText(text: string): number | undefined {
  const first = text.charCodeAt(0);
  // a digit or a minus, nothing else begins a number
  if (!(first >= 48 && first <= 57) && first !== 45) return undefined;
  return DECIMAL.test(text) || HEXADECIMAL.test(text) ? Number(text) : undefined;
}

const INTEGER = /^(?:-?(?:0|[1-9][0-9]{0,15})|0x[0-9a-f]{1,16})$/i;

/**
 * The whole number that a plain rule value such as `'4688'` or `'0x17'` stands for, where equal numbers are equal
 * texts up to notation; undefined for anything else, and beyond 2^53, where equal doubles may be different numbers.
 */
export function integerText(text: string): number | undefined {
  if (!INTEGER.test(text)) return undefined;
  const value = Number(text);
  return Number.isSafeInteger(value) ? value : undefined;
}
