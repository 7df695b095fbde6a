/**
 * Comparison without case, the same in the plain evaluator and in the fast matcher.
 *
 * Each UTF-16 code unit is folded by itself to its lower-case form where that is one unit, and kept where it isn't.
 * So folding never changes a length (`fold(s).length === s.length`: a place in the folded text is a place in the
 * original) and never looks at neighbours (`fold(a + b) === fold(a) + fold(b)`: a folded needle is found in a folded
 * value exactly where the unit-by-unit comparison would find it). `String.prototype.toLowerCase` alone keeps neither
 * promise: `Σ` at the end of a word becomes `ς`, and `İ` becomes two units.
 *
 * Mind that two characters beyond ASCII fold into ASCII: U+212A KELVIN SIGN becomes `k`; U+0130 (`İ`) stays.
 * Characters outside the basic plane (two units) keep their case.
 */
export function fold(text: string): string {
  const lower = text.toLowerCase();
  return NEEDS_UNITS.test(text) ? foldUnits(text) : lower;
}

// İ (one unit becomes two), Σ (depends on its neighbours), surrogates (case pairs outside the basic plane)
const NEEDS_UNITS = /[\u0130\u03a3\ud800-\udfff]/;

function foldUnits(text: string): string {
  let out = '';
  for (let i = 0; i < text.length; i++) {
    const unit = text[i];
    const lower = unit.toLowerCase();
    out += lower.length === 1 ? lower : unit;
  }
  return out;
}
