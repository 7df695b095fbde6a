export { type Changed, detectChange } from './change.ts';
