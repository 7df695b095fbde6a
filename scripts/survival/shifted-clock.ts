// Loaded into the service before it starts (`--import`), its threads too: its clock is the machine's and as many milliseconds as the file says that
// SURVIVAL_CLOCK names. The machine's own clock stays as it is.
import { readFileSync } from 'node:fs';

const file = process.env.SURVIVAL_CLOCK ?? '';
const real = Date.now.bind(Date);
let shift = 0;
const read = () => {
  try {
    shift = Number(readFileSync(file, 'utf8')) || 0;
  } catch {
    // None yet.
  }
};
read();
setInterval(read, 20).unref();
const now = () => real() + shift;
globalThis.Date = new Proxy(Date, {
  construct: (target, args, self) => Reflect.construct(target, args.length === 0 ? [now()] : args, self),
  apply: (target) => new target(now()).toString(),
  get: (target, name) => (name === 'now' ? now : Reflect.get(target, name)),
});
