export type * from './event.ts';
export type * from './format.ts';
