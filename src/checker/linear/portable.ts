// Parts and judgements as plain data, for a journey to another thread and back.
import { History } from '../../history/history.ts';
import type { Op } from '../../history/op.ts';
import type { Call } from './calls.ts';
import type { Judgement } from './judge.ts';
import { callsIn } from './parts.ts';
import { recordsOf } from './story.ts';
import { Part } from './strand.ts';

type Named = 'stuck' | 'core' | 'related' | 'order';

/** A judgement whose calls are named by their place. */
export type PortableJudgement = Omit<Judgement, Named> & {
  readonly stuck?: number;
  readonly core?: readonly number[];
  readonly related?: readonly number[];
  readonly order?: readonly number[];
};

/** The records of a part, in order. */
export const packPart = (part: Part): Op[] => recordsOf(part.calls);

/** The part again; its calls have the places that they had. */
export const unpackPart = (records: readonly Op[], fs: readonly string[]): Part => {
  const history = History.from(records);
  return new Part(history, records[0]?.key, callsIn(history, fs));
};

/** Names calls by place. */
export const packJudgement = (judgement: Judgement, part: Part): PortableJudgement => {
  const { stuck, core, related, order, ...rest } = judgement;
  const places = new Map(Array.from(part.start, (start, place) => [start, place]));
  const placeOf = (call: Call): number => places.get(call.start) as number;
  return {
    ...rest,
    ...(stuck === undefined ? {} : { stuck: placeOf(stuck) }),
    ...(core === undefined ? {} : { core: core.map(placeOf) }),
    ...(related === undefined ? {} : { related: related.map(placeOf) }),
    ...(order === undefined ? {} : { order: order.map(placeOf) }),
  };
};

/** The judgement on the part as it is here. */
export const unpackJudgement = (packed: PortableJudgement, part: Part): Judgement => {
  const { stuck, core, related, order, ...rest } = packed;
  return {
    ...rest,
    ...(stuck === undefined ? {} : { stuck: part.callAt(stuck) }),
    ...(core === undefined ? {} : { core: core.map(part.callAt) }),
    ...(related === undefined ? {} : { related: related.map(part.callAt) }),
    ...(order === undefined ? {} : { order: order.map(part.callAt) }),
  };
};
