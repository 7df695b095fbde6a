export { framerFor, type Sniffed, type SniffedEvtx, type SniffedText, SURE, type TextLayout } from './sniff.ts';
export { sniffSourceWith } from './sniff-source.ts';
