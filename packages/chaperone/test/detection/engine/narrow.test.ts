import { createPlan, evaluate, loadRules, type Rule } from '@chaperone/sigma';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { keywordProfile } from '../../../src/detection/engine/keyword-profile.ts';
import { narrow } from '../../../src/detection/engine/narrow.ts';

const offer = { product: 'windows', service: 'security' };

function rule(detection: string): Rule {
  const { rules, refused } = loadRules([
    {
      file: 'test.yml',
      text: `title: Test\nid: 6a1f5f0e-2c43-4a52-8a0e-0f2a7a6f3c11\nlogsource: {product: windows, service: security}\ndetection:\n${detection}\nlevel: low\n`,
    },
  ]);
  if (refused.length > 0) throw new Error(refused[0].message);
  return rules[0];
}

const kept = (detection: string, known: Record<string, unknown>, fields?: Record<string, string>) =>
  narrow([{ rule: rule(detection), offer: { ...offer, fields } }], known).length === 1;

describe('narrow', () => {
  const logon = { EventID: 4624, Channel: 'Security', Provider_Name: 'Microsoft-Windows-Security-Auditing' };
  it.each([
    ['the event id that it names', '  a: {EventID: 4624}\n  condition: a', true],
    ['another event id', '  a: {EventID: 4625}\n  condition: a', false],
    ['one of several event ids', '  a: {EventID: [4625, 4624]}\n  condition: a', true],
    ['another id, or something else', '  a: {EventID: 4625}\n  b: {User: x}\n  condition: a or b', true],
    ['another id, and something else', '  a: {EventID: 4625}\n  b: {User: x}\n  condition: a and b', false],
    ['not this event id', '  a: {EventID: 4624}\n  b: {User: x}\n  condition: b and not a', false],
    ['not another event id', '  a: {EventID: 4625}\n  b: {User: x}\n  condition: b and not a', true],
    ['all of them, one of which cannot be', '  a1: {EventID: 4625}\n  a2: {User: x}\n  condition: all of a*', false],
    ['one of them', '  a1: {EventID: 4625}\n  a2: {User: x}\n  condition: 1 of a*', true],
    ['keywords', '  a: [4625]\n  condition: a', true],
    ['a reference to another field', '  a: {EventID|fieldref: User}\n  condition: a', true],
    ['an absence that is none', '  a: {Channel|exists: false}\n  condition: a', false],
    ['the channel, in another case', '  a: {Channel: SECURITY}\n  condition: a', true],
  ])('of a rule that asks for %s', (_, detection, expected) => {
    expect(kept(detection, logon)).toBe(expected);
  });

  it('asks by the field that the offer leads to', () => {
    expect(kept('  a: {Code: 4625}\n  condition: a', logon, { Code: 'EventID' })).toBe(false);
    expect(kept('  a: {Code: 4625}\n  condition: a', logon)).toBe(true);
  });

  it('leaves no rule out that could hold, whatever the rest of the event says', () => {
    const value = fc.constantFrom('1', '2', 'x');
    const field = fc.constantFrom('EventID', 'Channel', 'User', 'Other');
    const items = fc
      .uniqueArray(fc.tuple(field, value), { minLength: 1, maxLength: 3, selector: ([name]) => name })
      .map((list) => list.map(([name, one]) => `    ${name}: ${one}`).join('\n'));
    const condition = fc.constantFrom(
      'a',
      'not a',
      'a and b',
      'a or b',
      'a and not b',
      'not (a and b)',
      '1 of them',
      'all of them',
      'not 1 of them',
    );
    const event = fc.record(
      { EventID: value, Channel: value, User: value, Other: value },
      { requiredKeys: ['EventID'] },
    );
    fc.assert(
      fc.property(items, items, condition, event, (a, b, how, fields) => {
        const one = rule(`  a:\n${a}\n  b:\n${b}\n  condition: ${how}`);
        const known: Record<string, unknown> = { EventID: fields.EventID };
        if ('Channel' in fields) known.Channel = fields.Channel;
        const access = { get: (name: string) => (fields as Record<string, unknown>)[name], values: () => {} };
        if (evaluate(one, access)) expect(narrow([{ rule: one, offer }], known)).toHaveLength(1);
      }),
      { numRuns: 400 },
    );
  });
});

describe('keyword profile', () => {
  const profile = (...words: string[]) =>
    keywordProfile(
      createPlan([rule(`  a: [${words.map((word) => JSON.stringify(word)).join(', ')}]\n  condition: a`)]).view([
        offer,
      ]),
    );

  it.each([
    [['mimikatz', 'sekurlsa::'], 8, true],
    [['mimikatz', 'net'], 3, true],
    [['m*n?o'], 4, true],
    [['4624'], 4, false],
    [['S-1-5-18'], 8, false],
    [['dead:beef'], 9, false],
    [['{0a1b}'], 6, false],
    [['2026-11-20T01'], 13, false],
    // Folding may change the length
    [['straße'], 0, true],
  ])('of %j', (words, shortest, wordsOnly) => {
    expect(profile(...words)).toEqual({ shortest, words: wordsOnly });
  });

  it('says nothing of expressions', () => {
    const view = createPlan([rule("  a:\n    '|re': 'mimi.*'\n  condition: a")]).view([offer]);
    expect(keywordProfile(view)).toEqual({ shortest: 0, words: false });
  });
});
