import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';

const css = readFileSync(new URL('../src/styles/tokens.css', import.meta.url), 'utf8');
const colours = new Map(
  [...css.matchAll(/--([\w-]+): light-dark\((#\w{6}), (#\w{6})\)/g)].map(([, name, light, dark]) => [
    name!,
    [light!, dark!] as const,
  ]),
);

function luminance(hex: string): number {
  const [r, g, b] = [1, 3, 5].map((at) => {
    const part = Number.parseInt(hex.slice(at, at + 2), 16) / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r! + 0.7152 * g! + 0.0722 * b!;
}

function contrast(one: string, other: string): number {
  const [low, high] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (high! + 0.05) / (low! + 0.05);
}

const texts = ['text', 'quiet', 'accent', 'critical', 'high', 'medium', 'good'];
const grounds = ['ground', 'surface', 'raised', 'picked'];
const pairs = [
  ...texts.flatMap((text) => grounds.map((ground) => [text, ground, 4.5] as const)),
  ...['critical', 'high', 'medium', 'good'].flatMap((hue) => [
    [hue, `${hue}-ground`, 4.5] as const,
    ['text', `${hue}-ground`, 4.5] as const,
    ['quiet', `${hue}-ground`, 4.5] as const,
    ['accent', `${hue}-ground`, 4.5] as const,
  ]),
  ['on-accent', 'accent', 4.5],
  ['text', 'mark', 4.5],
  ['edge', 'surface', 3],
  ['edge', 'ground', 3],
] as const;

it.each(pairs)('%s on %s has a contrast of at least %d in light and dark', (text, ground, least) => {
  for (const scheme of [0, 1] as const)
    expect(contrast(colours.get(text)![scheme], colours.get(ground)![scheme])).toBeGreaterThanOrEqual(least);
});
