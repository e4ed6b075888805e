// Node logs: put into the page when their fold is opened, not before.
import type { PageData } from '../columns.ts';

/** Fills each log when it is first opened. */
export const startLogs = (data: PageData): void => {
  for (const pre of document.querySelectorAll<HTMLElement>('pre[data-log]')) {
    const text = data.logs[Number(pre.dataset['log'])] ?? '';
    const fill = (): void => {
      pre.textContent = text === '' ? '(empty)' : text;
    };
    const fold = pre.closest('details');
    if (fold?.open === true) fill();
    fold?.addEventListener('toggle', fill, { once: true });
  }
};
