import type { Format } from '../../format.ts';
import { evtxecmd } from './evtxecmd.ts';
import { getWinEvent } from './get-winevent.ts';
import { windowsFlat } from './windows-flat.ts';
import { windowsTree } from './windows-tree.ts';
import { winlogbeat } from './winlogbeat.ts';

/** Formats of Windows events whose records are JSON objects that say themselves what they are, as also found inside other envelopes. */
export const windowsJsonFormats: readonly Format[] = [winlogbeat, evtxecmd, windowsTree, windowsFlat, getWinEvent];
