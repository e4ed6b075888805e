// Tells a reason for having no verdict from what was asked for.
import type { CheckError } from '../result.ts';

/** True for the reason why a history cannot be judged. */
export const isError = <T extends object>(answer: T | CheckError): answer is CheckError =>
  'code' in answer && 'message' in answer;
