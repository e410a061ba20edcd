import { monthAfter, monthOf } from './month.policy.ts';

it.each([
  ['2026-05-01T00:00:00.000Z', '2026-05', '2026-05-31T23:59:59.999Z', '2026-06-01T00:05:00.000Z', '2026-06'],
  ['2026-02-28T23:59:59.999Z', '2026-02', '2026-02-28T23:59:59.999Z', '2026-03-01T00:05:00.000Z', '2026-03'],
  ['2028-02-29T12:00:00.000Z', '2028-02', '2028-02-29T23:59:59.999Z', '2028-03-01T00:05:00.000Z', '2028-03'],
  ['2026-12-31T23:00:00.000Z', '2026-12', '2026-12-31T23:59:59.999Z', '2027-01-01T00:05:00.000Z', '2027-01'],
])('%s lies in %s, which ends %s, is due %s, and is followed by %s', (at, name, end, dueAt, next) => {
  const month = monthOf(new Date(at));
  expect(month).toMatchObject({ name, firstDay: `${name}-01`, start: new Date(`${name}-01T00:00:00.000Z`) });
  expect([month.end.toISOString(), month.dueAt.toISOString()]).toEqual([end, dueAt]);
  expect(monthAfter(month).name).toBe(next);
});
