export { allFormats } from './all-formats.ts';
export { CONTAINER_LIMITS, type ContainerLimits } from './containers/index.ts';
export { type DiscoverOptions, discover, openSource, type Source, type SourceInfo } from './discover/index.ts';
export type * from './event.ts';
export {
  type Fetched,
  FetchFailure,
  type FetchFailureCode,
  type FetchLikeRequest,
  type FetchOptions,
  fetchGuarded,
  type Patience,
  patientFetch,
} from './fetch/index.ts';
export type * from './format.ts';
export { type CsvMapping, csvFormat, csvMappingSchema, loadCsvMapping } from './formats/index.ts';
export { type FramedRecord, frameRecords } from './frame-records.ts';
export { FRAMING_LIMITS, type FramingLimits } from './framing/index.ts';
export {
  Busy,
  type CutRecords,
  type Delivery,
  type Intake,
  type ListenerMeter,
  type Misread,
  type Receipt,
  type RecordBatch,
  type Route,
  type Router,
} from './intake.ts';
export { type ListenerConfig, listenerSchema } from './listeners/listener-config.ts';
export { type Listeners, type RunningListener, startListeners } from './listeners/start-listeners.ts';
export type { TlsMaterial } from './listeners/tls-material.ts';
export { readText, sniffSource } from './read-file.ts';
export type { ReadOptions, TextHandlers } from './read-text.ts';
export { createRecordDecoder, type RecordDecoder, type RecordDecoderOptions } from './record-decoder.ts';
export { release } from './release.ts';
export type { Sniffed, SniffedEvtx, SniffedText, TextLayout } from './sniff/index.ts';
export { formatTime, isZone, parseTime } from './time/index.ts';
export { inert, type UnreadCode } from './unread.ts';
export { windowsClass } from './windows/index.ts';
