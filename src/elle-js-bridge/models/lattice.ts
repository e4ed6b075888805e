// Questions to the lattice of consistency models: names, what a model forbids, what an anomaly rules out.
import { impliedAnomalies, models } from './tables.ts';

type Graph = ReadonlyMap<string, readonly string[]>;

const graphOf = (rows: Iterable<readonly [string, readonly string[]]>): Graph => new Map(rows);

const reversed = (graph: Graph): Graph => {
  const back = new Map<string, string[]>();
  for (const [from, tos] of graph)
    for (const to of tos) {
      const list = back.get(to);
      if (list) list.push(from);
      else back.set(to, [from]);
    }
  return back;
};

/** Everything reachable from the starts, the starts included. */
const closure = (graph: Graph, starts: Iterable<string>): Set<string> => {
  const seen = new Set(starts);
  for (const from of seen) for (const to of graph.get(from) ?? []) seen.add(to);
  return seen;
};

const weakerModels = graphOf(Object.entries(models).map(([name, row]) => [name, row.implies]));
const strongerModels = reversed(weakerModels);
const implied = graphOf(Object.entries(impliedAnomalies));
const implying = reversed(implied);

const canonicalNames = new Map<string, string>();
for (const [name, row] of Object.entries(models)) {
  canonicalNames.set(name, name);
  for (const friendly of row.friendly) canonicalNames.set(friendly, name);
}

/** Every name a model can be called by: canonical names and friendly ones, sorted. */
export const modelNames = (): string[] => [...canonicalNames.keys()].sort();

/** The canonical name behind any name of a model; undefined for a name nobody knows. */
export const canonicalModel = (name: string): string | undefined => canonicalNames.get(name);

/** The name we print: the friendly one where there is one. */
export const friendlyModel = (name: string): string => {
  const canonical = canonicalNames.get(name) ?? name;
  return models[canonical]?.friendly[0] ?? canonical;
};

/** What a model means for the users of the database, in one sentence; empty for an unknown name. */
export const modelSentence = (name: string): string =>
  models[canonicalNames.get(name) ?? '']?.sentence ?? '';

/** The anomalies, and every anomaly whose presence follows from one of them. */
export const anomaliesImplied = (anomalies: Iterable<string>): Set<string> =>
  closure(implied, anomalies);

/** The anomalies, and every anomaly that would imply one of them: what to report when these are asked for. */
export const anomaliesImplying = (anomalies: Iterable<string>): Set<string> =>
  closure(implying, anomalies);

/** Every anomaly that may not occur under all of these models. */
export const anomaliesForbiddenBy = (names: Iterable<string>): Set<string> => {
  const canonical = [...names].map((name) => canonicalNames.get(name) ?? name);
  const all = closure(weakerModels, canonical);
  return anomaliesImplying([...all].flatMap((name) => models[name]?.forbids ?? []));
};

/** Canonical names of every model that cannot hold, given that these anomalies occurred. */
export const modelsRuledOutBy = (anomalies: Iterable<string>): Set<string> => {
  const present = anomaliesImplied(anomalies);
  const direct = Object.entries(models)
    .filter(([, row]) => row.forbids.some((anomaly) => present.has(anomaly)))
    .map(([name]) => name);
  return closure(strongerModels, direct);
};

/** The model and every stronger one. */
export const modelsAtLeast = (name: string): Set<string> => closure(strongerModels, [name]);

/** The edge of what is lost: the weakest models ruled out, and those that fall with them; friendly names, sorted. */
export const boundaryOf = (
  anomalies: Iterable<string>,
): { readonly not: string[]; readonly alsoNot: string[] } => {
  const impossible = modelsRuledOutBy(anomalies);
  const isEdge = (name: string): boolean =>
    ![...closure(weakerModels, [name])].some((weaker) => weaker !== name && impossible.has(weaker));
  const all = [...impossible];
  const namesOf = (chosen: readonly string[]): string[] => chosen.map(friendlyModel).sort();
  return {
    not: namesOf(all.filter(isEdge)),
    alsoNot: namesOf(all.filter((name) => !isEdge(name))),
  };
};

/** Every anomaly of the tables. */
export const anomalyNames = (): string[] => Object.keys(impliedAnomalies).sort();
