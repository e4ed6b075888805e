// A fault in a few words, the same in the console, the pictures and the tables.
import { visible } from './format.ts';
import type { FaultWindow } from './windows.ts';

/** Its kind and what it does: `partition n1 n2 | n3 n4 n5`. */
export const faultWords = ({ kind, says }: FaultWindow): string =>
  visible(says === '' || says === kind ? kind : `${kind} ${says}`, 120);
