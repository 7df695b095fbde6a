export { detectEncoding, type Encoding, ToUtf8 } from './encoding.ts';
export type { FrameHandlers, Framer } from './framer.ts';
export { jsonTooDeep } from './json-depth.ts';
export { JsonDocumentFramer } from './json-documents.ts';
export { FRAMING_LIMITS, type FramingLimits } from './limits.ts';
export { LineFramer } from './lines.ts';
export { XmlElementFramer } from './xml-elements.ts';
