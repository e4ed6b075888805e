// Drawn histories, as users' tests get them.
export { timeline } from '../../src/testing.ts';
