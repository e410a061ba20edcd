import fs from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { cruise, type ICruiseResult } from 'dependency-cruiser';
import extractConfig from 'dependency-cruiser/config-utl/extract-depcruise-config';

const ROOT = path.resolve(import.meta.dirname, '../..');
const RULES = path.join(ROOT, '.dependency-cruiser.mjs');
const TREES = path.join(ROOT, '.cache/boundaries');

interface Lists {
  MAY_CALL: Record<string, string[]>;
  FLOORS: string[][];
}

/** File -> what it imports. A small house with every kind of file, and nothing wrong in it. */
const HOUSE: Readonly<Record<string, readonly string[]>> = {
  'migrations/index.ts': [],
  'src/main.ts': ['./app.module.ts', './config.ts'],
  'src/cli/migrate.ts': ['../config.ts', '../database/sql.ts'],
  'src/config.ts': ['node:path'],
  'src/app.module.ts': ['./http/http.module.ts', './orders/orders.module.ts', './aftersales/aftersales.module.ts'],
  'src/kernel/money.ts': ['decimal.js'],
  'src/kernel/ids.ts': ['uuid'],
  'src/kernel/money.spec.ts': ['./money.ts', '@jest/globals'],
  'src/database/sql.ts': ['../kernel/money.ts', '../../migrations/index.ts', '../config.ts'],
  'src/events/outbox.ts': ['../database/sql.ts', '../kernel/ids.ts'],
  'src/http/http.module.ts': ['./health.controller.ts', '../events/outbox.ts', 'fastify'],
  'src/http/health.controller.ts': ['../database/sql.ts'],
  'src/wallet/wallet.module.ts': ['./wallet.service.ts'],
  'src/wallet/wallet.service.ts': ['./spend.policy.ts', './store.ts', '../events/outbox.ts'],
  'src/wallet/wallet.errors.ts': [],
  'src/wallet/spend.policy.ts': ['./rounding.policy.ts', '../kernel/money.ts'],
  'src/wallet/rounding.policy.ts': [],
  'src/wallet/store.ts': ['../database/sql.ts'],
  'src/orders/orders.module.ts': [
    './orders.service.ts',
    './orders.controller.ts',
    './orders.listeners.ts',
    '../wallet/wallet.module.ts',
  ],
  'src/orders/orders.service.ts': ['../wallet/wallet.service.ts', '../wallet/wallet.errors.ts', './order.machine.ts'],
  'src/orders/orders.service.spec.ts': ['./orders.service.ts', '../../test/support/world.ts', 'supertest'],
  'src/orders/orders.controller.ts': ['./orders.service.ts'],
  'src/orders/orders.listeners.ts': ['./orders.service.ts'],
  'src/orders/order.machine.ts': ['../kernel/money.ts'],
  'src/aftersales/aftersales.module.ts': ['./aftersales.service.ts', '../orders/orders.module.ts'],
  'src/aftersales/aftersales.service.ts': ['../orders/orders.service.ts', '../wallet/wallet.service.ts', './store.ts'],
  'src/aftersales/store.ts': [],
  'test/support/world.ts': ['../../src/main.ts', '../../src/wallet/store.ts', 'supertest'],
};

/** Rule, what the plant is, the file, what it imports besides. */
type Plant = readonly [rule: string, what: string, file: string, imports: string];

const PLANTS: readonly Plant[] = [
  ['no-circles', 'two files of a module need each other', 'src/wallet/rounding.policy.ts', './spend.policy.ts'],
  ['no-circles', 'a file needs itself by a longer way', 'src/orders/order.machine.ts', './orders.module.ts'],
  ['kernel-knows-nothing', 'the kernel reads the settings', 'src/kernel/money.ts', '../config.ts'],
  ['kernel-knows-nothing', 'the kernel reads the database', 'src/kernel/ids.ts', '../database/columns.ts'],
  ['database-knows-nothing', 'the database tells an event', 'src/database/columns.ts', '../events/catalog.ts'],
  ['database-knows-nothing', 'the database knows a module', 'src/database/columns.ts', '../wallet/wallet.errors.ts'],
  ['ground-knows-no-business', 'the outbox knows a module', 'src/events/outbox.ts', '../wallet/wallet.errors.ts'],
  [
    'ground-knows-no-business',
    'the door frame knows a module',
    'src/http/health.controller.ts',
    '../wallet/wallet.errors.ts',
  ],
  ['ground-knows-no-business', 'the mail knows a module', 'src/mail/mail.service.ts', '../wallet/wallet.errors.ts'],
  ['may-call-wallet', 'a module calls upstairs', 'src/wallet/store.ts', '../orders/orders.errors.ts'],
  [
    'may-call-orders',
    'a module calls along its floor',
    'src/orders/orders.service.ts',
    '../tracking/tracking.service.ts',
  ],
  [
    'may-call-aftersales',
    'a module calls one that is not on its list',
    'src/aftersales/store.ts',
    '../accounts/accounts.service.ts',
  ],
  [
    'only-through-the-face',
    'a module looks behind the face of another',
    'src/orders/orders.service.ts',
    '../wallet/rounding.policy.ts',
  ],
  [
    'only-through-the-face',
    'a command looks behind the face of a module',
    'src/cli/migrate.ts',
    '../wallet/rounding.policy.ts',
  ],
  ['brains-think', 'a policy reads a file', 'src/wallet/rounding.policy.ts', 'node:fs'],
  ['brains-think', 'a machine uses the framework', 'src/orders/order.machine.ts', '@nestjs/common'],
  ['brains-think', 'a machine makes ids', 'src/orders/order.machine.ts', '../kernel/ids.ts'],
  ['brains-think', "a policy sees its module's memory", 'src/wallet/rounding.policy.ts', './wallet.errors.ts'],
  ['doors-are-hung-by-their-module', 'a service calls its own door', 'src/aftersales/store.ts', './aftersales.cron.ts'],
  ['doors-are-hung-by-their-module', 'the roof hangs a door', 'src/app.module.ts', './http/health.controller.ts'],
  [
    'doors-stay-in-their-module',
    "a module hangs another's door",
    'src/orders/orders.module.ts',
    '../http/health.controller.ts',
  ],
  ['no-tests-in-the-product', 'the product uses the test world', 'src/wallet/store.ts', '../../test/support/clock.ts'],
  ['no-tests-in-the-product', 'the product uses a spec', 'src/wallet/store.ts', './table.spec.ts'],
  ['no-dev-packages-in-the-product', 'the product uses a package of the tests', 'src/wallet/store.ts', 'supertest'],
  ['no-undeclared-packages', 'a package that another one brought', 'src/wallet/store.ts', 'iterare'],
  ['no-missing-files', 'an import leads nowhere', 'src/wallet/store.ts', './gone.ts'],
  ['no-orphans', 'nothing leads to a file', 'src/wallet/forgotten.ts', '../kernel/ids.ts'],
];

/** Writes the house with one import more; what is planted and what it leads to is made where it is not there yet. */
function build(name: string, plant: Plant | null): string {
  const files = new Map(Object.entries(HOUSE).map(([file, imports]) => [file, [...imports]]));
  if (plant !== null) {
    const [rule, , file, to] = plant;
    files.set(file, [...(files.get(file) ?? []), to]);
    const target = path.join(path.dirname(file), to);
    if (to.startsWith('.') && rule !== 'no-missing-files' && !files.has(target)) files.set(target, []);
  }
  const tree = path.join(TREES, name);
  for (const [file, imports] of files) {
    fs.mkdirSync(path.dirname(path.join(tree, file)), { recursive: true });
    fs.writeFileSync(path.join(tree, file), imports.map((to) => `import '${to}';\n`).join('') + 'export {};\n');
  }
  fs.copyFileSync(path.join(ROOT, 'package.json'), path.join(tree, 'package.json'));
  return tree;
}

async function violations(tree: string): Promise<{ rule: string; from: string }[]> {
  const { forbidden, options } = await extractConfig(RULES);
  const found = await cruise(['src', 'migrations', 'test'], {
    ...options,
    baseDir: tree,
    validate: true,
    ruleSet: { forbidden },
  });
  return (found.output as ICruiseResult).summary.violations.map(({ rule, from }) => ({ rule: rule.name, from }));
}

describe('the boundary rules', () => {
  beforeAll(() => {
    fs.rmSync(TREES, { recursive: true, force: true });
  });
  afterAll(() => {
    fs.rmSync(TREES, { recursive: true, force: true });
  });

  it('pass a house in which everything is in its place', async () => {
    expect(await violations(build('clean', null))).toEqual([]);
  });

  it.each(PLANTS)('%s: %s', async (rule, what, file, to) => {
    const tree = build(what.replaceAll(/\W+/g, '-'), [rule, what, file, to]);
    expect(await violations(tree)).toContainEqual({ rule, from: expect.stringContaining(file) });
  });

  it('are all planted against', async () => {
    const { forbidden = [] } = await extractConfig(RULES);
    const planted = new Set(PLANTS.map(([rule]) => rule.replace(/^may-call-.*/, 'may-call')));
    expect(new Set(forbidden.map(({ name }) => name?.replace(/^may-call-.*/, 'may-call')))).toEqual(planted);
  });

  it('let every module call downstairs only', async () => {
    const { MAY_CALL, FLOORS } = (await import(RULES)) as Lists;
    const floorOf = (module: string) => FLOORS.findIndex((modules) => modules.includes(module));
    expect(Object.keys(MAY_CALL).sort()).toEqual(FLOORS.flat().sort());
    const wrong = Object.entries(MAY_CALL).flatMap(([caller, callees]) =>
      callees
        .filter((callee) => floorOf(callee) < 0 || floorOf(callee) >= floorOf(caller))
        .map((callee) => `${caller} -> ${callee}`),
    );
    expect(wrong).toEqual([]);
  });
});
