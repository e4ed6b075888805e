// An operation in a few characters: `write 3`, `read → 3`.
import type { OpType } from '../history/op.ts';
import { showValue, visible } from './format.ts';

const ending: { readonly [type in OpType]: string } = {
  ok: '',
  fail: ' failed',
  info: ' ?',
  invoke: ' ?',
};

/** `f value → result`, and how it ended when that is not `ok`. */
export const operationLabel = (
  op: {
    readonly f: string;
    readonly value: unknown;
    readonly result?: unknown;
    readonly type: OpType;
  },
  max = 40,
): string => {
  const value = op.value === null || op.value === undefined ? '' : ` ${showValue(op.value, max)}`;
  const differs =
    op.type === 'ok' &&
    op.result !== undefined &&
    showValue(op.result, max) !== showValue(op.value, max);
  const result = differs ? ` → ${showValue(op.result, max)}` : '';
  // A read that found nothing says so.
  const nothing =
    op.type === 'ok' && value === '' && result === '' && op.result === null ? ' → nil' : '';
  return `${visible(op.f, max)}${value}${result}${nothing}${ending[op.type]}`;
};
