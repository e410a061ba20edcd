import tseslint from 'typescript-eslint';

const CLOCK =
  'The time of a rule comes from the Clock; what follows real time (sessions, leases, back-off) asks realNow() of src/kernel/clock.ts.';

/** What is not written in the product, each with what stands in its place. */
const BANS = {
  newDate: { selector: "NewExpression[callee.name='Date'][arguments.length=0]", message: CLOCK },
  dateNow: { selector: "MemberExpression[object.name='Date'][property.name='now']", message: CLOCK },
  sqlNow: {
    selector: String.raw`TemplateElement[value.raw=/\b(now|transaction_timestamp|statement_timestamp)\(\)|\bcurrent_timestamp\b/i]`,
    message: 'Pass clock.now() as a parameter; leases and back-off read clock_timestamp().',
  },
  processEnv: {
    selector: "MemberExpression[object.name='process'][property.name='env']",
    message:
      'A setting is read in src/config.ts, checked there and described in .env.example; take the injected Config.',
  },
  parseFloat: {
    selector: ":matches(CallExpression[callee.name='parseFloat'], CallExpression[callee.property.name='parseFloat'])",
    message: 'Amounts are Money (src/kernel/money.ts), other numbers are integers: Number.parseInt(text, 10).',
  },
  moneyAsNumber: {
    selector:
      ":matches(CallExpression[callee.name='Number'], CallExpression[callee.property.name='parseInt'])" +
      ' > :matches(MemberExpression[property.name=/(minor|amount)$/i], Identifier[name=/(minor|amount)$/i]).arguments',
    message: 'An amount is never a JS number: Money.ofMinor or Money.parse (src/kernel/money.ts).',
  },
  console: {
    selector: "MemberExpression[object.name='console']",
    message: "Log with Nest's Logger, an object with `msg`; src/cli writes to process.stdout.",
  },
  forwardRef: {
    selector: "ImportSpecifier[imported.name='forwardRef']",
    message: 'Two modules that need each other: one tells an event (src/events/catalog.ts), the other listens.',
  },
  exceptions: {
    selector: "ImportDeclaration[source.value='@nestjs/common'] > ImportSpecifier[imported.name=/Exception$/]",
    message: 'Throw a DomainError of the module (x.errors.ts); the http floor gives it its status.',
  },
};

/** A test that is left out is a defect, and so is a mock of our own code. */
const TEST_BANS = [
  {
    selector: 'MemberExpression[object.name=/^(it|test|describe)$/][property.name=/^(only|skip|todo|failing)$/]',
    message: 'Every test runs: mend it or delete it.',
  },
  {
    selector: 'MemberExpression[object.name="jest"][property.name=/mock/i]',
    message: 'Run the real thing (test/support); what is outside the house gets a local server.',
  },
];

/** Every ban but those named. */
function bansBut(...names) {
  return Object.keys(BANS).flatMap((name) => (names.includes(name) ? [] : [BANS[name]]));
}

const forbid = (bans) => ({ 'no-restricted-syntax': ['error', ...bans] });

export default tseslint.config(
  { ignores: ['dist/', 'node_modules/', '.data/', '.cache/', 'coverage/'] },
  { linterOptions: { noInlineConfig: true, reportUnusedDisableDirectives: 'error' } },
  ...tseslint.configs.strictTypeChecked,
  { languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } } },
  { files: ['**/*.mjs'], extends: [tseslint.configs.disableTypeChecked] },
  {
    files: ['**/*.ts'],
    rules: {
      eqeqeq: 'error',
      'max-lines': ['error', { max: 500 }],
      'max-lines-per-function': ['error', { max: 120 }],
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-extraneous-class': ['error', { allowWithDecorator: true }], // Nest's modules
      '@typescript-eslint/no-unsafe-class-instance-assignment': 'off', // views are plain objects in the shape of their class
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_' }],
      '@typescript-eslint/no-deprecated': [
        'error',
        { allow: [{ from: 'package', package: 'fast-xml-parser', name: 'XMLValidator' }] },
      ], // the same code in a package of its own
      '@typescript-eslint/restrict-template-expressions': [
        'error',
        { allowNumber: true, allowBoolean: true, allow: [{ from: 'file', name: 'Money' }] }, // 12.34 USD
      ],
    },
  },
  { files: ['src/**/*.ts'], rules: forbid(bansBut()) },
  { files: ['src/config.ts'], rules: forbid(bansBut('processEnv')) },
  { files: ['src/kernel/clock.ts'], rules: forbid(bansBut('newDate')) },
  { files: ['src/http/**/*.ts'], rules: forbid(bansBut('exceptions')) },
  { files: ['src/cli/**/*.ts'], rules: forbid(bansBut('console')) },
  // SQL is long, and a column's default may be the database's time
  { files: ['migrations/**/*.ts'], rules: { 'max-lines-per-function': 'off', ...forbid(bansBut('sqlNow')) } },
  {
    files: ['test/**/*.ts', 'src/**/*.spec.ts'],
    rules: {
      'max-lines-per-function': 'off',
      '@typescript-eslint/no-unsafe-argument': 'off',
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-call': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      '@typescript-eslint/no-unsafe-return': 'off',
      '@typescript-eslint/no-unnecessary-type-parameters': 'off', // an answer's body is what the test says it is
      '@typescript-eslint/unbound-method': 'off',
    },
  },
  { files: ['test/**/*.ts'], rules: forbid(TEST_BANS) },
  { files: ['src/**/*.spec.ts'], rules: forbid([...bansBut(), ...TEST_BANS]) },
);
