export { windowsClass } from './classes.ts';
