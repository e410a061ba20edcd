import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Response } from 'supertest';
import { placesOf, type Document, type Place } from '../../src/docs/document/document.ts';
import type { AccessRule } from '../../src/http/access.ts';
import { MERCHANT_SCOPES } from '../../src/http/actor.ts';
import { startApp, type TestApp } from '../support/app.ts';
import { belongingsOf, houseBelongings, type Belongings } from '../support/belongings.ts';
import { ExampleStage } from '../support/example-stage.ts';
import { IdSlots, nobodys, type Slot } from '../support/id-slots.ts';
import { rowDigest } from '../support/row-digest.ts';
import { STRIPE_SECRET } from '../support/stripe-server.ts';
import { Caller, expectStatus, World } from '../support/world.ts';

type Method = 'get' | 'post' | 'put' | 'patch' | 'delete';

/** Somebody who calls. The ids in question are the owner's: to a stranger another's, and the operator's people act across merchants. */
interface Identity {
  name: string;
  as: 'owner' | 'stranger' | 'staff';
  caller: Caller;
  /** Scopes or roles of the credential. */
  has: readonly string[];
}

interface Said {
  status: number;
  text: string;
}

const SETTINGS = {
  ...{ WEBHOOK_ALLOW_LOCAL: 'true', STRIPE_SECRET_KEY: 'sk_test_1', STRIPE_WEBHOOK_SECRET: STRIPE_SECRET },
  ...{ ADJUSTMENT_LIMIT: '1000', LOG_LEVEL: 'fatal' },
};
const MALFORMED = 'not-an-id';
/** So many calls are made between two looks at all rows. */
const CALLS_AT_ONCE = 8;

let test: TestApp;
let slots: IdSlots;
/** Calls that take an id. */
let places: Place[];
let owners: Belongings;
let strangers: Belongings;
let owner: Identity;
let admin: Identity;
let known: Identity[];
/** By scope: another merchant's key that has nothing else, and a key of the owner's that has all the others. */
const keys = new Map<string, Identity[]>();

beforeAll(async () => {
  test = await startApp(SETTINGS);
  const document = expectStatus<Document>(await test.http.get('/openapi.json'), 200);
  slots = new IdSlots(document);
  places = placesOf(document).filter((place) => slots.of(place).length > 0);
  const world = await World.open(test);
  const examples = placesOf(document).map(({ operation }) => {
    const media = Object.values(operation.requestBody?.content ?? {});
    return [operation.operationId, media.find(({ example }) => example !== undefined)?.example] as const;
  });
  const mine = await ExampleStage.open(world, new Map(examples));
  const others = await ExampleStage.open(world, new Map(examples));
  owners = { ...(await belongingsOf(mine)), ...(await houseBelongings(mine)) };
  strangers = await belongingsOf(others);
  await introduce(world, mine, others);
  await test.settle();
  await test.close();
  test = await startApp({ ...SETTINGS, ROLE: 'api' }); // from here on nothing happens by itself
}, 240_000);
afterAll(() => test.close());

async function introduce(world: World, mine: ExampleStage, others: ExampleStage): Promise<void> {
  const key = async (by: Caller, scopes: readonly string[]): Promise<Caller> => {
    const made = await by.post('/v1/api-keys', { name: 'one', scopes });
    return new Caller(test, expectStatus<{ secret: string }>(made, 201).secret);
  };
  for (const scope of MERCHANT_SCOPES) {
    const rest = MERCHANT_SCOPES.filter((other) => other !== scope);
    const [only, without] = [await key(others.shop.caller, [scope]), await key(mine.shop.caller, rest)];
    keys.set(scope, [
      { name: `another's key for ${scope}`, as: 'stranger', caller: only, has: [scope] },
      { name: `the owner's key without ${scope}`, as: 'owner', caller: without, has: rest },
    ]);
  }
  const staff = async (role: string, caller: Promise<Caller>): Promise<Identity> => ({
    ...{ name: `staff: ${role}`, as: 'staff', caller: await caller, has: [role] },
  });
  owner = { name: 'the owner', as: 'owner', caller: mine.shop.caller, has: MERCHANT_SCOPES };
  admin = { name: 'admin', as: 'staff', caller: world.admin, has: ['admin'] };
  known = [
    { name: 'nobody', as: 'stranger', caller: new Caller(test, null), has: [] },
    { name: 'an unknown key', as: 'stranger', caller: new Caller(test, `wb_test_${'x'.repeat(49)}`), has: [] },
    { name: 'another merchant', as: 'stranger', caller: await others.session(), has: MERCHANT_SCOPES },
    ...[await staff('tracking', key(world.admin, ['tracking:write'])), admin],
    ...(await Promise.all(['warehouse', 'support', 'finance'].map((role) => staff(role, world.colleague([role]))))),
  ];
}

const ruleOf = ({ operation }: Place): AccessRule => operation['x-access'] as AccessRule;

const nameOf = ({ method, path }: Place): string => `${method} ${path}`;

function mayCall(rule: AccessRule, { as, has }: Identity): boolean {
  if ('public' in rule) return true;
  if (as !== 'staff') return rule.merchant !== undefined && has.includes(rule.merchant);
  return [...(rule.staff ?? []), ...(rule.staff === undefined ? [] : ['admin'])].some((role) => has.includes(role));
}

/** What an answer says, less what names the request itself. */
function said({ status, text }: Response, ids: Iterable<string>): Said {
  let rest = [text].join('').replaceAll(/"(request_id|instance)":"[^"]*"/g, ''); // a file has none
  for (const id of ids) rest = rest.replaceAll(id, '(id)').replaceAll(encodeURIComponent(id), '(id)');
  return { status, text: rest };
}

async function ask(place: Place, { as, caller }: Identity, put: ReadonlyMap<Slot, string>): Promise<Said> {
  const { address, body, headers } = slots.request(place, as === 'stranger' ? strangers : owners, put);
  const by = new Caller(test, caller.token);
  const key = { 'Idempotency-Key': randomUUID() };
  return said(await by.send(place.method as Method, address, body, { ...key, ...headers }), put.values());
}

const isAlike = (one: Said, other: Said): boolean => one.status === other.status && one.text === other.text;

const ownersOf = ({ kind }: Slot): string => owners[kind] ?? MALFORMED;

const KINDS_OF_ID = [ownersOf, nobodys, () => MALFORMED];

/** What is wrong with the answers to whoever may not make the call. */
async function atClosedDoor(place: Place, who: Identity): Promise<object[]> {
  const all = slots.of(place);
  const [first, ...rest] = await Promise.all(
    KINDS_OF_ID.map((idOf) => ask(place, who, new Map(all.map((slot) => [slot, idOf(slot)])))),
  );
  if (first === undefined) return [];
  const isRefused = first.status === 401 || first.status === 403;
  return isRefused && rest.every((answer) => isAlike(answer, first)) ? [] : [[first, ...rest]];
}

/** What the owner has, but of another kind. */
const anotherKind = ({ kind }: Slot): string => owners[kind === 'mer' ? 'ord' : 'mer'] ?? MALFORMED;

/** Only people sign in: a key of staff's is turned away after the form of the id was looked at, whatever it names. */
const FOR_PEOPLE = /^\/v1\/api-keys\//;

/** What is wrong with the answers to whoever may make the call, but has no such thing. */
async function atOpenDoor(place: Place, who: Identity): Promise<object[]> {
  const asked = slots.of(place).filter(({ kind }) => kind !== 'code');
  const none = 'public' in ruleOf(place) ? 401 : 404; // whoever has to sign cannot sign for it
  const faults = asked.map(async (slot) => {
    const ids = [nobodys(slot), MALFORMED, ...(who.as === 'stranger' ? [ownersOf(slot), anotherKind(slot)] : [])];
    const answers = await Promise.all(ids.map((id) => ask(place, who, new Map([[slot, id]]))));
    const [unknown, malformed, theirs = unknown, other = unknown] = answers as [Said, Said, Said?, Said?];
    const isMissed = unknown.status === none && isAlike(malformed, unknown) && isAlike(other, unknown);
    const isUnknown = slot.where !== 'path' || FOR_PEOPLE.test(place.path) || isMissed;
    return isUnknown && isAlike(theirs, unknown) ? [] : [{ slot, unknown, malformed, theirs, other }];
  });
  return (await Promise.all(faults)).flat();
}

describe('an id of the path, the query or the body', () => {
  it('is answered, where it is another’s, as one that nobody has, and nothing is changed, whoever asks', async () => {
    const faults: object[] = [];
    const doors = { open: 0, closed: 0 };
    const before = await rowDigest(test);
    for (let n = 0; n < places.length; n += CALLS_AT_ONCE) {
      const some = places.slice(n, n + CALLS_AT_ONCE);
      for (const place of some) {
        const rule = ruleOf(place);
        const scope = 'public' in rule ? '' : (rule.merchant ?? '');
        const checks = [...known, ...(keys.get(scope) ?? [])].map(async (who) => {
          const isOpen = mayCall(rule, who);
          doors[isOpen ? 'open' : 'closed'] += 1;
          const found = isOpen ? await atOpenDoor(place, who) : await atClosedDoor(place, who);
          return found.map((fault) => ({ call: nameOf(place), who: who.name, fault }));
        });
        faults.push(...(await Promise.all(checks)).flat());
      }
      expect({ after: some.map(nameOf), ...(await rowDigest(test)) }).toEqual({ after: some.map(nameOf), ...before });
    }
    expect(faults).toEqual([]);
    expect(places.length).toBeGreaterThan(140);
    expect(doors.open).toBeGreaterThan(550);
    expect(doors.closed).toBeGreaterThan(750);
  }, 240_000);

  /** The last ones take away what the others ask for. */
  const turnOf = ({ method, path }: Place): number =>
    method === 'delete' ? 1000 - path.length : Number(method !== 'get') + Number(path.startsWith('/v1/merchants/'));

  /** Only its signature tells that a message is of the store; no parcel is there that its store was not told of. */
  const NOT_HERE = ['post /v1/stores/{id}/webhook id', 'post /v1/store-orders/dispatches/{package}/retry package'];

  it('is answered otherwise to its owner, or to the operator: the calls above looked it up', async () => {
    const vacuous: string[] = [];
    for (const place of [...places].sort((one, other) => turnOf(one) - turnOf(other))) {
      const who = [owner, admin].filter((one) => mayCall(ruleOf(place), one));
      for (const slot of slots.of(place).toReversed()) {
        if (slot.kind === 'code' || who.length === 0) continue;
        let isFound = false;
        for (const one of who) {
          const unknown = await ask(place, one, new Map([[slot, nobodys(slot)]]));
          isFound ||= !isAlike(await ask(place, one, new Map([[slot, ownersOf(slot)]])), unknown);
        }
        if (!isFound) vacuous.push(`${nameOf(place)} ${slot.name}`);
      }
    }
    expect(vacuous).toEqual(NOT_HERE);
  }, 240_000);
});
