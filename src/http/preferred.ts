/**
 * Which of what we have is wanted most by an Accept or Accept-Language header; the first where nothing is said.
 * @param header "fr-CH, fr;q=0.9, en;q=0.8"; a region counts as its language, `*` and `type/*` as anything of the kind
 */
export function preferred<T extends string>(header: string | undefined, have: readonly [T, ...T[]]): T {
  const wanted = (header ?? '').split(',').map((part) => {
    const [range = '', ...params] = part.trim().toLowerCase().split(';');
    const q = params.map((p) => /^\s*q=([01](?:\.\d{0,3})?)\s*$/.exec(p)?.[1]).find((v) => v !== undefined);
    return { range: range.trim(), q: q === undefined ? 1 : Number(q) };
  });
  const weight = (choice: T): number => {
    const exact = wanted.find(({ range }) => range === choice || range.startsWith(`${choice}-`));
    const kind = wanted.find(({ range }) => range === `${choice.split('/')[0] ?? ''}/*`);
    return (exact ?? kind ?? wanted.find(({ range }) => range === '*' || range === '*/*'))?.q ?? 0;
  };
  return have.reduce((best, choice) => (weight(choice) > weight(best) ? choice : best), have[0]);
}
