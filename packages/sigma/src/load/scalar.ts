/**
 * A plain (unquoted) YAML scalar by the core schema of YAML 1.2: `yes`, `on` and dates are text, `0x10` and `0o17` are
 * numbers. Whole numbers that a double can't hold exactly stay text, so that no digit of theirs is lost.
 */
export function resolvePlain(text: string): string | number | boolean | null {
  const first = text.charCodeAt(0);
  // digits, signs and the dot begin numbers; ~ n N t T f F begin the words; nothing else needs a look
  if ((first >= 48 && first <= 57) || first === 43 || first === 45 || first === 46) return resolveNumber(text);
  switch (text) {
    case '':
    case '~':
    case 'null':
    case 'Null':
    case 'NULL':
      return null;
    case 'true':
    case 'True':
    case 'TRUE':
      return true;
    case 'false':
    case 'False':
    case 'FALSE':
      return false;
    default:
      return text;
  }
}

const INTEGER = /^[-+]?[0-9]+$/;
const RADIX = /^0(?:o[0-7]+|x[0-9a-fA-F]+)$/;
const FLOAT = /^[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?$/;

function resolveNumber(text: string): string | number {
  if (INTEGER.test(text) || RADIX.test(text)) {
    const value = Number(text);
    return Number.isSafeInteger(value) ? value : text;
  }
  if (FLOAT.test(text)) {
    const value = Number(text);
    return Number.isFinite(value) ? value : text;
  }
  return text;
}
