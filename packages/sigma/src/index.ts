export type * from './ast.ts';
export { type EventAccess, lookup, objectAccess } from './event.ts';
export type * from './view.ts';
