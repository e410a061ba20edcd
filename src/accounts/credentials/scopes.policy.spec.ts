import { rolesOfKey, staffScopes } from './scopes.policy.ts';

it.each([
  // roles, scopes that they may give
  [['admin'], ['warehouse:write', 'tracking:write']],
  [['warehouse'], ['warehouse:write', 'tracking:write']],
  [['support'], ['tracking:write']],
  [['finance'], []],
])('%j may give a key %j', (roles, scopes) => {
  expect(staffScopes(roles)).toEqual(scopes);
});

it.each([
  // the key's scopes, its owner's roles, the roles under which it calls
  [['warehouse:write'], ['admin'], ['warehouse']],
  [['tracking:write'], ['warehouse'], ['tracking']],
  [['warehouse:write', 'tracking:write'], ['support'], ['tracking']],
  [['warehouse:write'], ['finance'], []],
  [[], ['admin'], []],
])('a key with %j of somebody who is %j calls as %j', (scopes, owner, roles) => {
  expect(rolesOfKey(scopes, owner)).toEqual(roles);
});
