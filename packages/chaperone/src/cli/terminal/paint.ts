import type { Level } from '@chaperone/sigma';
import type { Io, Output } from '../io.ts';

/** Puts style around text that is already inert, or leaves it as it is. */
export interface Paint {
  bold(text: string): string;
  dim(text: string): string;
  level(level: Level, text: string): string;
  mark(text: string): string;
  good(text: string): string;
}

const codes: Readonly<Record<Level, string>> = {
  critical: '1;35',
  high: '1;31',
  medium: '33',
  low: '36',
  informational: '2',
};

/** Colour only on a terminal that wants it: NO_COLOR (any value but empty) and TERM=dumb say no, FORCE_COLOR says yes. */
export function paintFor(output: Output, env: Io['env']): Paint {
  const no = (env.NO_COLOR ?? '') !== '' || env.TERM === 'dumb';
  const force = (env.FORCE_COLOR ?? '') !== '' && env.FORCE_COLOR !== '0';
  const on = !no && (force || output.isTTY);
  const style = (code: string) => (text: string) => (on && text !== '' ? `\u001b[${code}m${text}\u001b[0m` : text);
  return {
    bold: style('1'),
    dim: style('2'),
    level: (level, text) => style(codes[level])(text),
    // reverse where there is colour, brackets where there is none
    mark: on ? style('7') : (text) => `»${text}«`,
    good: style('32'),
  };
}
