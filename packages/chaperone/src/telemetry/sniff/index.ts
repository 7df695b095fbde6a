export { framerFor, type Sniffed, type SniffedEvtx, type SniffedText, type TextLayout } from './sniff.ts';
export { sniffSourceWith } from './sniff-source.ts';
