import { planOf, runPlan } from './run-seed.ts';
const from = Number(process.argv[2] ?? 1), n = Number(process.argv[3] ?? 20);
const t0 = performance.now(); let steps = 0, v = 0, ch = 0; const cov = new Map<string, number>();
for (let s = from; s < from + n; s++) {
  const o = await runPlan(planOf(s), n === 1);
  steps += o.steps; ch += o.changes;
  for (const [k, c] of o.coverage) cov.set(k, (cov.get(k) ?? 0) + c);
  if (o.violation) { v++; if (v < 15) console.log(s, o.violation); }
  if (n === 1) console.log(o.trace.slice(-Number(process.argv[4] ?? 60)).join('\n'));
}
console.log({ n, v, steps, ch, perSecond: n / ((performance.now() - t0) / 1000) });
console.log([...cov].sort((a, b) => b[1] - a[1]).map(([k, c]) => `${k}: ${c}`).join('\n'));
