import { budgetSize } from './cases.js';
import { followSummaryOf, ratioOf, summaryOf } from './statistics.js';

/**
 * The results for a measurement's budgets: [{subject, against, limit, value, met}], `against` null for a budget of
 * memory or processors. Budgets of programs that are not installed are left out; at another size, all are.
 */
export function verdictsOf({ budgets, follow }, size, measured) {
  if (size !== null && size !== budgetSize) return [];
  return budgets.flatMap((budget) => {
    const { subject, against = null } = budget;
    const limit = budget.ratio ?? budget.mebibytes ?? budget.cores;
    const value = budgetValue(budget, follow, measured);
    const unit = budget.cores === undefined ? 'MiB' : 'cores';
    return value === null ? [] : [{ subject, against, limit, value, unit, met: value <= limit }];
  });
}

function budgetValue({ subject, against, mebibytes, cores }, follow, measured) {
  const samples = measured[subject];
  if (samples === undefined) return null;
  if (follow) return followSummaryOf(samples).ratio;
  if (mebibytes !== undefined) return summaryOf(samples).peak;
  if (cores !== undefined) {
    const { cpu, wall } = summaryOf(samples);
    return cpu / wall;
  }
  const others = measured[against];
  return others === undefined ? null : (ratioOf(samples, others)?.median ?? null);
}
