export { type Attributor, createAttributor } from './attributor.ts';
