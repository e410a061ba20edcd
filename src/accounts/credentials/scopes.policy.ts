/** What a staff key can do, and the roles of the person that give it. `admin` gives all. */
export const STAFF_SCOPES = {
  'warehouse:write': ['warehouse', 'admin'],
  'tracking:write': ['warehouse', 'support', 'admin'],
} as const;

export type StaffScope = keyof typeof STAFF_SCOPES;

/** The scopes that a person with these roles may give to a key; the key loses them when the person loses the role. */
export function staffScopes(roles: Iterable<string>): StaffScope[] {
  const has = new Set(roles);
  return (Object.keys(STAFF_SCOPES) as StaffScope[]).filter((scope) =>
    STAFF_SCOPES[scope].some((role) => has.has(role)),
  );
}

/** The roles under which a staff key calls: never more than its scopes name. */
export function rolesOfKey(scopes: readonly string[], ownersRoles: Iterable<string>): ('warehouse' | 'tracking')[] {
  const allowed = staffScopes(ownersRoles).filter((scope) => scopes.includes(scope));
  return allowed.map((scope) => (scope === 'warehouse:write' ? 'warehouse' : 'tracking'));
}
