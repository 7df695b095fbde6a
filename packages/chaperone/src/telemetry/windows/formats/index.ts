import type { Format } from '../../format.ts';
import { evtxecmd } from './evtxecmd.ts';
import { windowsFlat } from './windows-flat.ts';
import { windowsTree } from './windows-tree.ts';
import { windowsXml } from './windows-xml.ts';
import { winlogbeat } from './winlogbeat.ts';

/** Every text format in which Windows events come. */
export const windowsFormats: readonly Format[] = [winlogbeat, evtxecmd, windowsTree, windowsFlat, windowsXml];
