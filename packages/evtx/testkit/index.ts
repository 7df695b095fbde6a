export { type Difference, differences, jsonDocuments } from './differences.ts';
export type { EventSpec, UserData } from './event-body.ts';
export { type JoinOptions, joinChunks } from './join-chunks.ts';
export { sealChunk } from './seal-chunk.ts';
export { type FieldValue, type TypedValue, values } from './values.ts';
export { EvtxWriter, type RawRecord, type Writable, writeEvtx, writeEvtxFile } from './write-evtx.ts';
export type { Fragment, Instance, Part, Slot, XmlElement } from './xml-element.ts';
