/** The marks of the Traffic Light Protocol, 1.0 and 2.0, that STIX defines once for all: by these ids everybody refers to them. */
const MARKS: Readonly<Record<string, string>> = {
  'marking-definition--613f2e26-407d-48c7-9eca-b8e91df99dc9': 'white',
  'marking-definition--34098fce-860f-48ae-8e50-ebd3cc5e41da': 'green',
  'marking-definition--f88d31f6-486f-44da-b317-01333bde0b82': 'amber',
  'marking-definition--5e57c739-391a-4eb3-b6be-7d15ca92d5ed': 'red',
  'marking-definition--94868c89-83c2-464b-929b-a1a8aa3c8487': 'clear',
  'marking-definition--bab4a63c-aed9-4cf5-a766-dfca5abac2bb': 'green',
  'marking-definition--55d920b0-5e8b-4f79-9ee9-91f868d9b421': 'amber',
  'marking-definition--939a9414-2ddd-4d32-a0cd-375ea402b003': 'amber+strict',
  'marking-definition--e828b379-4e03-4974-9ac4-e53a884c97c1': 'red',
};

/** From open to closed; white is what clear was called before. */
const STRICTNESS = ['clear', 'white', 'green', 'amber', 'amber+strict', 'red'];

/** What a marking definition of STIX says, by its id alone or by what it holds. */
export function markOf(id: unknown, definition?: Readonly<Record<string, unknown>>): string | undefined {
  const known = typeof id === 'string' ? MARKS[id] : undefined;
  if (known !== undefined || definition === undefined) return known;
  const old = (definition.definition as { tlp?: unknown } | undefined)?.tlp;
  if (typeof old === 'string') return old;
  for (const extension of Object.values((definition.extensions as object | undefined) ?? {})) {
    const mark = (extension as { tlp_2_0?: unknown } | null)?.tlp_2_0;
    if (typeof mark === 'string') return mark;
  }
  return typeof definition.name === 'string' ? definition.name : undefined;
}

/** A mark in one spelling (`amber+strict`), or undefined where the text is none: `TLP:AMBER`, `tlp:amber`, `Amber` are one. */
export function readTlp(text: string): string | undefined {
  const mark = text
    .trim()
    .toLowerCase()
    .replace(/^tlp:\s*/, '')
    .replace(/^ex:chr$/, 'red');
  return STRICTNESS.includes(mark) ? mark : undefined;
}

/** The strictest of several marks. */
export function strictest(marks: readonly string[]): string | undefined {
  return marks.toSorted((a, b) => STRICTNESS.indexOf(b) - STRICTNESS.indexOf(a))[0];
}

/** The id under which STIX knows a mark, in TLP 2.0. */
export function markId(mark: string): string | undefined {
  const wanted = mark === 'white' ? 'clear' : mark;
  return Object.keys(MARKS).findLast((id) => MARKS[id] === wanted);
}
