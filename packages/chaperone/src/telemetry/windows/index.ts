export { windowsClass } from './classes.ts';
export { windowsFormats } from './formats/index.ts';
