import type { Format } from '../../format.ts';
import { evtxecmd } from './evtxecmd.ts';
import { getWinEvent } from './get-winevent.ts';
import { sigmaEvent } from './sigma-event.ts';
import { snare } from './snare.ts';
import { windowsFirewall } from './windows-firewall.ts';
import { windowsFlat } from './windows-flat.ts';
import { windowsTree } from './windows-tree.ts';
import { windowsXml } from './windows-xml.ts';
import { winlogbeat } from './winlogbeat.ts';

/** Every text format in which Windows events come. */
export const windowsFormats: readonly Format[] = [
  winlogbeat,
  evtxecmd,
  windowsTree,
  windowsFlat,
  getWinEvent,
  windowsXml,
  snare,
  sigmaEvent,
  windowsFirewall,
];
