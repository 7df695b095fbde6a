/**
 * How deep objects and arrays nest in a JSON text, counted only as far as needed: most records have fewer brackets than the
 * limit, and those are found by search.
 */
export function jsonTooDeep(text: string, limit: number): boolean {
  if (text.length <= limit * 2) return false;
  let brackets = 0;
  for (let at = text.indexOf('{'); at >= 0; at = text.indexOf('{', at + 1)) {
    brackets += 1;
    if (brackets > limit) return deeper(text, limit);
  }
  for (let at = text.indexOf('['); at >= 0; at = text.indexOf('[', at + 1)) {
    brackets += 1;
    if (brackets > limit) return deeper(text, limit);
  }
  return false;
}

function deeper(text: string, limit: number): boolean {
  let depth = 0;
  let string = false;
  for (let at = 0; at < text.length; at += 1) {
    const char = text.charCodeAt(at);
    if (string) {
      if (char === 0x5c) at += 1;
      else if (char === 0x22) string = false;
    } else if (char === 0x22) string = true;
    else if (char === 0x7b || char === 0x5b) {
      depth += 1;
      if (depth > limit) return true;
    } else if (char === 0x7d || char === 0x5d) depth -= 1;
  }
  return false;
}
