export { CarriedEvent } from './carried-event.ts';
export { CARRIED, type Unpacked, unpack } from './read-carried.ts';
