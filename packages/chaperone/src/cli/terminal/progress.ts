import type { ScanProgress } from '../../detection/index.ts';
import { counted, duration, inert, number, size } from '../../report/index.ts';
import type { Io } from '../io.ts';
import { fit, textWidth } from './text-width.ts';

export interface Progress {
  update(state: ScanProgress): void;
  /** clears the bar */
  done(): void;
}

/** A bar ten times a second is smooth and costs nothing; a line every ten seconds doesn't flood a log. */
const barEvery = 100;
const lineEvery = 10_000;
/** The rate over the last seconds, so that time left follows a change of pace. */
const rateWindow = 8_000;

/** On a terminal a bar with rate and time left, redrawn in place; in a pipe a plain line now and then. Both on stderr. */
export function showProgress(io: Io): Progress {
  const live = io.stderr.isTTY && io.env.TERM !== 'dumb';
  const started = io.now();
  const samples: { at: number; bytes: number }[] = [{ at: started, bytes: 0 }];
  let last = live ? Number.NEGATIVE_INFINITY : started;
  let drawn = live;
  // loading thousands of rules takes a moment
  if (live) io.stderr.write(fit('Reading rules and looking for logs ...', width(io)));
  return {
    update(state) {
      const now = io.now();
      if (now - last < (live ? barEvery : lineEvery)) return;
      last = now;
      samples.push({ at: now, bytes: state.bytes });
      while (samples.length > 2 && now - samples[1].at > rateWindow) samples.shift();
      const [oldest] = samples;
      const rate = now > oldest.at ? (1000 * (state.bytes - oldest.bytes)) / (now - oldest.at) : 0;
      if (live) {
        drawn = true;
        io.stderr.write(`\r${bar(state, rate, width(io))}\u001b[K`);
      } else io.stderr.write(`${line(state, rate, (now - started) / 1000)}\n`);
    },
    done() {
      if (drawn) io.stderr.write('\r\u001b[K');
      drawn = false;
    },
  };
}

/** One column stays free: some terminals wrap when the last one is written. */
function width(io: Io): number {
  return Math.max(20, io.stderr.columns ?? 80) - 1;
}

/** The end of a path says more than its beginning. */
function tail(text: string, columns: number): string {
  const characters = [...text];
  let width = 1;
  let from = characters.length;
  while (from > 0 && width + textWidth(characters[from - 1]) <= columns) width += textWidth(characters[--from]);
  return `…${characters.slice(from).join('')}`;
}

/** Parts are dropped from the end as the terminal gets narrow: never a line that wraps, since that could not be redrawn. */
function bar(state: ScanProgress, rate: number, columns: number): string {
  const part = portion(state);
  const left = remaining(state, rate);
  const head = part === undefined ? size(state.bytes) : `${String(Math.floor(part * 100)).padStart(3)} %`;
  const parts = [
    head,
    `${size(Math.max(0, rate))}/s`,
    left === undefined ? undefined : `${duration(left)} left`,
    counted(state.findings, 'finding'),
    `${number(state.records)} records`,
    inert(state.file),
  ].filter((text) => text !== undefined);
  let text = '';
  const barWidth = part === undefined ? 0 : Math.min(28, Math.max(0, columns - 44));
  if (barWidth >= 6 && part !== undefined) {
    const full = Math.round(part * barWidth);
    text = `${'█'.repeat(full)}${'░'.repeat(barWidth - full)} `;
  }
  for (const [index, each] of parts.entries()) {
    const next = index === 0 ? text + each : `${text}  ${each}`;
    if (textWidth(next) <= columns) text = next;
    else {
      const room = columns - textWidth(text) - 2;
      if (index === parts.length - 1 && room > 16) text = `${text}  ${tail(each, room)}`;
      break;
    }
  }
  return fit(text, columns);
}

function line(state: ScanProgress, rate: number, elapsed: number): string {
  const part = portion(state);
  const left = remaining(state, rate);
  const done = part === undefined ? '' : `${Math.floor(part * 100)} %, `;
  const of = part === undefined ? '' : ` of ${size(state.totalBytes ?? 0)}`;
  return `Scanning: ${done}${size(state.bytes)}${of}, ${number(state.records)} records, ${counted(state.findings, 'finding')}, ${size(Math.max(0, rate))}/s, ${duration(elapsed)} so far${left === undefined ? '' : `, about ${duration(left)} left`}`;
}

/** Undefined where the whole is not known: packed files may hold more than their own length says. */
function portion({ bytes, totalBytes }: ScanProgress): number | undefined {
  if (totalBytes === undefined || totalBytes <= 0 || bytes > totalBytes) return undefined;
  return bytes / totalBytes;
}

function remaining({ bytes, totalBytes }: ScanProgress, rate: number): number | undefined {
  if (totalBytes === undefined || rate <= 0 || bytes > totalBytes) return undefined;
  return Math.ceil((totalBytes - bytes) / rate);
}
