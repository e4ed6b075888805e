// What the package exports to users' tests as `ordeal/testing`: virtual time, completion models, drawn histories.
export { drawTimeline, timeline } from './sim/timeline.ts';
export {
  type Answer,
  type CompletionModel,
  imperfect,
  perfect,
  perfectInfo,
  quick,
  runVirtually,
  type VirtualRun,
} from './sim/virtual-time.ts';
