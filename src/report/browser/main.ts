// Brings the page to life: everything it says in words is there without this script.
import { startCopying } from './copy.ts';
import { readPageData } from './inflate.ts';
import { startLogs } from './logs.ts';
import { startTimeline } from './timeline.ts';

const start = async (): Promise<void> => {
  startCopying();
  const data = await readPageData();
  startLogs(data);
  startTimeline(data);
};

start().then(
  () => document.documentElement.setAttribute('data-ready', 'yes'),
  (cause: unknown) => {
    document.documentElement.setAttribute('data-ready', 'failed');
    console.error(cause);
  },
);
