import { openChecks, type QualityCheck } from './quality.policy.ts';

const check = (sku: string, passed: boolean): QualityCheck => ({ sku, passed });

it.each<[string, string[], QualityCheck[], { missing: string[]; failed: string[] }]>([
  ['nothing asks for one', [], [], { missing: [], failed: [] }],
  ['one is missing', ['A', 'B'], [check('A', true)], { missing: ['B'], failed: [] }],
  ['one failed', ['A'], [check('A', false)], { missing: [], failed: ['A'] }],
  [
    'one failed and another of the same goods passed',
    ['A'],
    [check('A', false), check('A', true)],
    { missing: [], failed: ['A'] },
  ],
  ['goods failed that nobody asked about', [], [check('C', false)], { missing: [], failed: ['C'] }],
  ['all passed', ['A', 'B'], [check('B', true), check('A', true)], { missing: [], failed: [] }],
])('of checks where %s', (_, asked, checks, open) => {
  expect(openChecks(asked, checks)).toEqual(open);
});
