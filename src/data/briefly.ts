import type { Problem } from '../protocol/problems.ts';

/** Problems of one kind that are told one by one; a page of thousands helps nobody. */
const TOLD = 20;

/**
 * Of many problems of one kind (rows: of one table) the first twenty, and then `and-more` with how many others there are
 * and the last of them.
 */
export function briefly(problems: readonly Problem[]): Problem[] {
  const kinds = new Map<string, Problem[]>();
  const kindOf = ({ code, values }: Problem) => (values.row === undefined ? code : `${code}/${values.file}`);
  for (const problem of problems) {
    const kind = kinds.get(kindOf(problem));
    if (kind) kind.push(problem);
    else kinds.set(kindOf(problem), [problem]);
  }
  const told = new Map<string, number>();
  return problems.flatMap((problem) => {
    const kind = kinds.get(kindOf(problem))!;
    const before = told.get(kindOf(problem)) ?? 0;
    told.set(kindOf(problem), before + 1);
    if (before < TOLD) return problem;
    return before === TOLD ? andMore(kind) : [];
  });
}

function andMore(kind: readonly Problem[]): Problem {
  const { code, severity, values } = kind.at(-1)!;
  const { file = '', row } = values;
  const place = row === undefined ? { file, reason: 'files' } : { file, row, reason: 'rows' };
  return { code: 'and-more', severity, values: { ...place, problem: code, count: kind.length - TOLD } };
}
