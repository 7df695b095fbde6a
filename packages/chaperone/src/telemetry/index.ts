export type * from './event.ts';
export type * from './format.ts';
export { formatTime, isZone, parseTime } from './time/index.ts';
