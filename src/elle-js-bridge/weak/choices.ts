// Conflict-driven clause learning over yes-or-no choices, with a theory that accepts or refuses each literal.

/** Literal 2v says yes to choice v, literal 2v + 1 says no. */
type Clause = {
  readonly literals: number[];
  /** Clauses that this one was resolved from. */
  readonly parents: readonly number[];
  /** Choices settled for good whose literals were left out. */
  readonly facts: readonly number[];
  /** Which refusal of the theory this clause repeats, counted from 0; -1 if it was derived. */
  readonly refusal: number;
};

/** What the choices are about. */
export type Theory = {
  /** Makes a literal true. Answers the true literals that contradict it (itself among them), or undefined. */
  readonly assert: (literal: number) => readonly number[] | undefined;
  /** A mark to return to, and the return. */
  readonly mark: () => number;
  readonly undo: (mark: number) => void;
};

/** The choices made so far, and what was learnt from refusals. */
export class Choices {
  /** Steps taken: the measure of work. */
  work = 0;
  readonly #theory: Theory;
  /** Per choice: 0 open, 1 yes, 2 no. */
  readonly #value: number[] = [];
  readonly #level: number[] = [];
  readonly #reason: number[] = [];
  readonly #clauses: Clause[] = [];
  readonly #watches: number[][] = [];
  readonly #trail: number[] = [];
  readonly #trailStart: number[] = [];
  readonly #marks: number[] = [];
  #head = 0;
  #refusals = 0;

  constructor(theory: Theory) {
    this.#theory = theory;
  }

  /** A new choice; answers its number. */
  add(): number {
    this.#value.push(0);
    this.#level.push(0);
    this.#reason.push(-1);
    this.#watches.push([], []);
    return this.#value.length - 1;
  }

  /** Makes a literal true for now. */
  decide(literal: number): void {
    this.#trailStart.push(this.#trail.length);
    this.#marks.push(this.#theory.mark());
    this.#assign(literal, -1);
  }

  /** Follows all consequences, learning from conflicts. Answers which refusals leave no way out, or undefined. */
  settle(): number[] | undefined {
    for (let conflict = this.#propagate(); conflict >= 0; conflict = this.#propagate()) {
      if (this.#trailStart.length === 0) return this.#proof(conflict);
      this.#learn(conflict);
    }
    return undefined;
  }

  #truth(literal: number): number {
    const value = this.#value[literal >> 1] as number;
    return value === 0 ? 0 : value === (literal & 1) + 1 ? 1 : -1;
  }

  #assign(literal: number, reason: number): void {
    this.#value[literal >> 1] = (literal & 1) + 1;
    this.#level[literal >> 1] = this.#trailStart.length;
    this.#reason[literal >> 1] = reason;
    this.#trail.push(literal);
  }

  /** Answers the number of a violated clause, or -1. */
  #propagate(): number {
    while (this.#head < this.#trail.length) {
      const literal = this.#trail[this.#head++] as number;
      const violated = this.#follow(literal ^ 1);
      if (violated >= 0) return violated;
      const refused = this.#theory.assert(literal);
      if (refused !== undefined) return this.#clauses.push(this.#refusal(refused)) - 1;
    }
    return -1;
  }

  #refusal(refused: readonly number[]): Clause {
    const literals = refused.map((literal) => literal ^ 1);
    return { literals, parents: [], facts: [], refusal: this.#refusals++ };
  }

  /** Visits the clauses that watch a literal which has become false. */
  #follow(literal: number): number {
    const watching = this.#watches[literal] as number[];
    let violated = -1;
    let kept = 0;
    for (const number of watching) {
      this.work++;
      if (violated >= 0 || !this.#moveWatch(number, literal)) watching[kept++] = number;
      else continue;
      const other = this.#clauses[number]?.literals[0] as number;
      if (violated >= 0 || this.#truth(other) === 1) continue;
      if (this.#truth(other) === 0) this.#assign(other, number);
      else violated = number;
    }
    watching.length = kept;
    return violated;
  }

  /** Finds the clause another literal to watch in place of a false one, if it needs one and has one. */
  #moveWatch(number: number, literal: number): boolean {
    const { literals } = this.#clauses[number] as Clause;
    if (literals[0] === literal) literals.splice(0, 2, literals[1] as number, literal);
    if (this.#truth(literals[0] as number) === 1) return false;
    const spare = literals.findIndex((l, at) => at > 1 && this.#truth(l) >= 0);
    if (spare < 0) return false;
    const next = literals[spare] as number;
    literals[1] = next;
    literals[spare] = literal;
    this.#watches[next]?.push(number);
    return true;
  }

  /** Resolves a conflict to its first unique implication point, jumps back, and asserts what was learnt. */
  #learn(conflict: number): void {
    const top = this.#trailStart.length;
    const seen = new Set<number>();
    const learnt: number[] = [0];
    const parents: number[] = [];
    const facts: number[] = [];
    let open = 0;
    let at = this.#trail.length;
    for (let clause = conflict; ; ) {
      parents.push(clause);
      for (const literal of (this.#clauses[clause] as Clause).literals) {
        const choice = literal >> 1;
        if (seen.has(choice)) continue;
        seen.add(choice);
        const level = this.#level[choice] as number;
        if (level === top) open++;
        else if (level > 0) learnt.push(literal);
        else facts.push(choice);
      }
      do at--;
      while (!seen.has((this.#trail[at] as number) >> 1));
      this.work += seen.size;
      learnt[0] = (this.#trail[at] as number) ^ 1;
      if (--open === 0) break;
      clause = this.#reason[(this.#trail[at] as number) >> 1] as number;
    }
    this.#backjump(learnt);
    const number = this.#clauses.push({ literals: learnt, parents, facts, refusal: -1 }) - 1;
    if (learnt.length > 1)
      for (const literal of learnt.slice(0, 2)) this.#watches[literal]?.push(number);
    this.#assign(learnt[0] as number, number);
  }

  /** Jumps to the second highest level of the learnt clause, whose literal becomes its second watch. */
  #backjump(learnt: number[]): void {
    let level = 0;
    for (let i = 1; i < learnt.length; i++) {
      const own = this.#level[(learnt[i] as number) >> 1] as number;
      if (own <= level) continue;
      level = own;
      const literal = learnt[1] as number;
      learnt[1] = learnt[i] as number;
      learnt[i] = literal;
    }
    this.#head = this.#trailStart[level] as number;
    this.#theory.undo(this.#marks[level] as number);
    for (const literal of this.#trail.splice(this.#head)) this.#value[literal >> 1] = 0;
    this.#trailStart.length = level;
    this.#marks.length = level;
  }

  /** Numbers of the refusals that the final conflict stands on. */
  #proof(conflict: number): number[] {
    const clauses = new Set([conflict]);
    const facts = new Set((this.#clauses[conflict] as Clause).literals.map((l) => l >> 1));
    // Sets grow while they are walked: each walk goes on to what was added meanwhile.
    for (let size = -1; size !== clauses.size + facts.size; ) {
      size = clauses.size + facts.size;
      for (const choice of facts) {
        const reason = this.#reason[choice] as number;
        clauses.add(reason);
        for (const literal of this.#clauses[reason]?.literals ?? []) facts.add(literal >> 1);
      }
      for (const number of clauses) {
        for (const parent of this.#clauses[number]?.parents ?? []) clauses.add(parent);
        for (const fact of this.#clauses[number]?.facts ?? []) facts.add(fact);
      }
    }
    return [...clauses]
      .map((number) => this.#clauses[number]?.refusal ?? -1)
      .filter((refusal) => refusal >= 0);
  }
}
