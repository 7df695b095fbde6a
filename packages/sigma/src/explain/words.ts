import type { PatternPart, Test } from '../ast.ts';

/** What a test asks, in words that follow a field's name, and the same denied. */
export interface Words {
  readonly asked: string;
  readonly denied: string;
}

/** Length of a value from the rule inside a sentence. */
const MAX_TEXT = 120;

export function wordsOf(test: Test): Words {
  switch (test.kind) {
    case 'pattern':
      return patternWords(test.parts, test.cased);
    case 'number':
      return { asked: `is the number ${test.value}`, denied: `is not the number ${test.value}` };
    case 'boolean':
      return { asked: `is ${test.value}`, denied: `is not ${test.value}` };
    case 'regex': {
      const expression = tick(`/${test.source}/${test.flags}`);
      return { asked: `matches ${expression}`, denied: `does not match ${expression}` };
    }
    case 'cidr':
      return { asked: `lies in ${test.network}`, denied: `does not lie in ${test.network}` };
    case 'compare': {
      const words = `${COMPARE[test.op]} ${test.value}`;
      return { asked: `is ${words}`, denied: `is not ${words}` };
    }
    case 'null':
      return { asked: 'is absent or null', denied: 'is not absent' };
    case 'exists':
      return test.present
        ? { asked: 'is present', denied: 'is not present' }
        : { asked: 'is absent', denied: 'is not absent' };
    case 'fieldref': {
      const [asked, denied] = REFERENCE[test.op];
      const what = `the field ${tick(test.field)}${test.cased ? ' (case counts)' : ''}`;
      return { asked: `${asked} ${what}`, denied: `${denied} ${what}` };
    }
    case 'timepart': {
      const words = test.op === 'eq' ? `${test.value}` : `${COMPARE[test.op]} ${test.value}`;
      return { asked: `has a ${test.part} that is ${words}`, denied: `has no ${test.part} that is ${words}` };
    }
  }
}

const COMPARE = { lt: 'less than', lte: 'at most', gt: 'greater than', gte: 'at least' } as const;
const REFERENCE = {
  equals: ['equals', 'does not equal'],
  startswith: ['starts with', 'does not start with'],
  endswith: ['ends with', 'does not end with'],
  contains: ['contains', 'does not contain'],
} as const;

function patternWords(parts: readonly PatternPart[], cased: boolean): Words {
  const start = parts[0]?.kind === 'any';
  const end = parts.at(-1)?.kind === 'any';
  const inner = parts.slice(start ? 1 : 0, end ? parts.length - 1 : parts.length);
  const tail = cased ? ' (case counts)' : '';
  if (parts.length === 0) return { asked: 'is empty', denied: 'is not empty' };
  if (inner.length === 0) return { asked: 'holds any value', denied: 'holds no value' };
  const text = `${tick(inner.map(partText).join(''))}${tail}`;
  if (inner.some((part) => part.kind === 'any' || part.kind === 'one')) {
    const whole = `${tick(parts.map(partText).join(''))}${tail}`;
    return { asked: `fits ${whole}`, denied: `does not fit ${whole}` };
  }
  if (start && end) return { asked: `contains ${text}`, denied: `does not contain ${text}` };
  if (end) return { asked: `starts with ${text}`, denied: `does not start with ${text}` };
  if (start) return { asked: `ends with ${text}`, denied: `does not end with ${text}` };
  return { asked: `is ${text}`, denied: `is not ${text}` };
}

function partText(part: PatternPart): string {
  if (part.kind === 'text') return part.text;
  if (part.kind === 'any') return '*';
  return part.kind === 'one' ? '?' : '-';
}

function tick(text: string): string {
  return `\`${text.length > MAX_TEXT ? `${text.slice(0, MAX_TEXT)}...` : text}\``;
}
