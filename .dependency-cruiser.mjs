/**
 * What each module may call: the caller's own transaction must have the answer. Everything else is an event, so a
 * publisher never learns who listens and no circles can form. A call goes to a lower floor, never along or up.
 */
export const MAY_CALL = {
  wallet: [],
  policies: [],
  catalogue: [],
  accounts: [],
  memberships: ['accounts', 'wallet'],
  pricing: ['catalogue', 'memberships'],
  fulfilment: ['catalogue'],
  tracking: ['fulfilment', 'catalogue'],
  orders: ['accounts', 'catalogue', 'memberships', 'pricing', 'fulfilment', 'wallet', 'policies'],
  aftersales: ['orders', 'fulfilment', 'tracking', 'policies', 'wallet', 'catalogue'],
  notifications: ['orders', 'fulfilment', 'wallet', 'accounts'],
  reporting: [],
  stores: ['aftersales', 'orders', 'fulfilment', 'catalogue'],
  sandbox: ['tracking', 'fulfilment', 'orders', 'catalogue'],
};

/** The business modules, floor by floor: 2 to 7. */
export const FLOORS = [
  ['wallet', 'policies', 'catalogue', 'accounts'],
  ['memberships'],
  ['pricing', 'fulfilment'],
  ['tracking', 'orders'],
  ['aftersales', 'notifications', 'reporting', 'sandbox'],
  ['stores'],
];

const anyOf = (names) => `(${names.join('|')})`;
const MODULE = anyOf(FLOORS.flat());
const SPEC = '\\.spec\\.ts$';
const FACE = '\\.(module|service|errors)\\.ts$';
const DOOR = '^src/.*\\.(controller|listeners|cron|timers)\\.ts$';
const BRAIN = '\\.(policy|machine|translate)\\.ts$';
const PURE_KERNEL = '^src/kernel/(address|money|errors|transitions|clock|calendar|xml|zones)\\.ts$';

const mayCall = Object.entries(MAY_CALL).map(([name, callees]) => ({
  name: `may-call-${name}`,
  comment: `${name} may call ${callees.join(', ') || 'no other module'}; tell or hear an event instead, or add the call to MAY_CALL.`,
  severity: 'error',
  from: { path: `^src/${name}/`, pathNot: SPEC },
  to: { path: `^src/${MODULE}/`, pathNot: `^src/${anyOf([name, ...callees])}/` },
}));

export default {
  forbidden: [
    {
      name: 'no-circles',
      comment: 'Two files that need each other are one idea, or hide a third one.',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'kernel-knows-nothing',
      comment: 'Floor 0 has no word of the business, of the settings or of the framework above it.',
      severity: 'error',
      from: { path: '^src/kernel/', pathNot: SPEC },
      to: { path: '^(src|migrations)/', pathNot: '^src/kernel/' },
    },
    {
      name: 'database-knows-nothing',
      comment: 'Floor 0: the kernel, the settings and the list of migrations are all it sees.',
      severity: 'error',
      from: { path: '^src/database/', pathNot: SPEC },
      to: { path: '^src/', pathNot: '^src/((kernel|database)/|config\\.ts$)' },
    },
    {
      name: 'ground-knows-no-business',
      comment:
        'Floor 1 (events, http, mail, print) serves modules that it does not know; a port or an event turns the arrow round.',
      severity: 'error',
      from: { path: '^src/(events|http|mail|print|imports|exports|outside)/', pathNot: SPEC },
      to: {
        path: '^src/',
        pathNot: '^src/((kernel|database|events|http|mail|print|imports|exports|outside)/|config\\.ts$)',
      },
    },
    ...mayCall,
    {
      name: 'only-through-the-face',
      comment:
        'Of another module only x.module.ts, x.service.ts and x.errors.ts are seen; re-export there what callers need.',
      severity: 'error',
      from: { path: '^src/([^/]+)', pathNot: SPEC },
      to: { path: `^src/${MODULE}/`, pathNot: ['^src/$1/', FACE] },
    },
    {
      name: 'brains-think',
      comment:
        "A policy, machine or translate file sees the kernel's pure files and its own module's brains: no Nest, no node:, no package.",
      severity: 'error',
      from: { path: `^src/([^/]+)/.*${BRAIN}` },
      to: { pathNot: [PURE_KERNEL, `^src/$1/.*${BRAIN}`] },
    },
    {
      name: 'doors-are-hung-by-their-module',
      comment: 'Controllers, listeners, cron and timers are imported by the x.module.ts of their module alone.',
      severity: 'error',
      from: { path: '^src/', pathNot: [SPEC, '^src/[^/]+/.*\\.module\\.ts$'] },
      to: { path: DOOR },
    },
    {
      name: 'doors-stay-in-their-module',
      comment: "A module hangs its own doors and nobody else's.",
      severity: 'error',
      from: { path: '^src/([^/]+)/.*\\.module\\.ts$' },
      to: { path: DOOR, pathNot: '^src/$1/' },
    },
    {
      name: 'no-tests-in-the-product',
      comment: 'The product runs without its tests.',
      severity: 'error',
      from: { path: '^(src|migrations)/', pathNot: SPEC },
      to: { path: ['^test/', SPEC] },
    },
    {
      name: 'no-dev-packages-in-the-product',
      comment: 'What the product imports is among the dependencies: it is installed without the others.',
      severity: 'error',
      from: { path: '^(src|migrations)/', pathNot: SPEC },
      to: { dependencyTypes: ['npm-dev'], dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'no-undeclared-packages',
      comment: 'A package that another one happens to bring may be gone tomorrow: it belongs in package.json.',
      severity: 'error',
      from: {},
      to: { dependencyTypes: ['npm-no-pkg', 'npm-unknown'] },
    },
    {
      name: 'no-missing-files',
      comment: 'The import leads nowhere.',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
    {
      name: 'no-orphans',
      comment: 'Nothing that runs leads to this file: hang it in a module, or take it out.',
      severity: 'error',
      from: { path: ['^src/main\\.ts$', '^src/cli/'] },
      to: { path: '^src/', pathNot: [SPEC, '^src/main\\.ts$', '^src/cli/'], reachable: false },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true, // a type that is imported is known, too
    exclude: { path: '^(dist|coverage|\\.cache)/' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'node', 'default', 'types'] },
  },
};
