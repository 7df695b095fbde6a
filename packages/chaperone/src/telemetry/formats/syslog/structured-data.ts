import type { StructuredData } from './envelope.ts';

/** An attacker's line may hold as many elements as it has room for; more than this is read over. */
const MAX_PARAMETERS = 512;

/**
 * Reads STRUCTURED-DATA of RFC 5424 (section 6.3) and the space after it. In values `\"`, `\\` and `\]` are escapes; any
 * other backslash is itself. Undefined where neither `-` nor well-formed elements stand there.
 */
export function readStructuredData(text: string, from: number): { elements: StructuredData; end: number } | undefined {
  const elements = new Map<string, Map<string, string>>();
  let at = from;
  if (text.charCodeAt(at) === 45) return ended(text, at + 1, elements);
  if (text.charCodeAt(at) !== 91) return undefined;
  let count = 0;
  while (text.charCodeAt(at) === 91) {
    const idEnd = nameEnd(text, at + 1);
    if (idEnd === at + 1) return undefined;
    const id = text.slice(at + 1, idEnd);
    const parameters = elements.get(id) ?? new Map<string, string>();
    elements.set(id, parameters);
    at = idEnd;
    while (text.charCodeAt(at) === 32) {
      while (text.charCodeAt(at) === 32) at += 1;
      if (text.charCodeAt(at) === 93) break;
      const end = nameEnd(text, at);
      if (end === at || text.charCodeAt(end) !== 61 || text.charCodeAt(end + 1) !== 34) return undefined;
      const close = valueEnd(text, end + 2);
      if (close < 0) return undefined;
      count += 1;
      if (count <= MAX_PARAMETERS) parameters.set(text.slice(at, end), unescapeValue(text.slice(end + 2, close)));
      at = close + 1;
    }
    if (text.charCodeAt(at) !== 93) return undefined;
    at += 1;
  }
  return ended(text, at, elements);
}

function ended(
  text: string,
  at: number,
  elements: StructuredData,
): { elements: StructuredData; end: number } | undefined {
  if (at >= text.length) return { elements, end: text.length };
  return text.charCodeAt(at) === 32 ? { elements, end: at + 1 } : undefined;
}

/** SD-NAME: printable ASCII but `=`, `]`, `"` and space. */
function nameEnd(text: string, from: number): number {
  let at = from;
  for (; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code <= 32 || code === 61 || code === 93 || code === 34) break;
  }
  return at;
}

function valueEnd(text: string, from: number): number {
  for (let at = from; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === 92) at += 1;
    else if (code === 34) return at;
  }
  return -1;
}

function unescapeValue(value: string): string {
  return value.includes('\\') ? value.replace(/\\(["\\\]])/g, '$1') : value;
}
