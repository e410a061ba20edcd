import { packageSteps, type ScannedPackage } from './scanned.policy.ts';

const here: ScannedPackage = {
  ...{ path: '/v1/packages/p', steps: ['pick', 'cancel'], isPaid: true, isCancelled: false },
  ...{ isOut: false, isToBeStopped: false },
};

it.each<[string, Partial<ScannedPackage>, string[]]>([
  ['planned', {}, ['pick']],
  ['planned and not paid', { isPaid: false }, []],
  ['cancelled', { isCancelled: true, steps: [] }, []],
  [
    'packed, with a stop asked for',
    { steps: ['label', 'cancel'], isToBeStopped: true },
    ['answer_interception', 'label'],
  ],
  ['labelled', { steps: ['hand_over', 'cancel'] }, ['hand_over']],
  ['on its way', { steps: [], isOut: true }, ['receive']],
  ['back', { steps: [] }, []],
])('of a package that is %s', (_, over, actions) => {
  const steps = packageSteps({ ...here, ...over });
  expect(steps.map(({ action }) => action)).toEqual(actions);
  for (const { path } of steps) expect(path).toMatch(/^\/v1\/packages\/p\/[a-z-]+$/);
});
