import { readDateAndTime, readTime, type TimeHints } from './time.translate.ts';

describe('times as couriers print them', () => {
  it.each<[string, TimeHints, string | null, string | null]>([
    ['2022-02-14T00:14:10Z', {}, '2022-02-14T00:14:10', '2022-02-14T00:14:10.000Z'],
    ['2018-07-25T10:10:00+09:00', {}, '2018-07-25T10:10:00', '2018-07-25T01:10:00.000Z'],
    ['2018-09-01 09:05:31+00', {}, '2018-09-01T09:05:31', '2018-09-01T09:05:31.000Z'],
    ['2019-08-30T08:59:00', {}, '2019-08-30T08:59:00', null],
    ['2019-08-30T08:59:00', { zone: 'Europe/Berlin' }, '2019-08-30T08:59:00', '2019-08-30T06:59:00.000Z'],
    ['2022-05-18 14:53:03.0', { zone: 'Asia/Manila' }, '2022-05-18T14:53:03', '2022-05-18T06:53:03.000Z'],
    [
      '26-03-2021 15:06:53',
      { order: 'dmy', zone: 'Europe/Amsterdam' },
      '2021-03-26T15:06:53',
      '2021-03-26T14:06:53.000Z',
    ],
    ['03 04 2021 11:22:33', { order: 'dmy', zone: 'Asia/Kolkata' }, '2021-04-03T11:22:33', '2021-04-03T05:52:33.000Z'],
    ['1/17/2017 12:26 PM ET', {}, '2017-01-17T12:26:00', '2017-01-17T17:26:00.000Z'],
    ['October 12, 2013 2:16 pm', { zone: 'America/New_York' }, '2013-10-12T14:16:00', '2013-10-12T18:16:00.000Z'],
    ['Friday, May 26, 2017 14:23', {}, '2017-05-26T14:23:00', null],
    ['12 May 2021 at 12:05 a.m.', {}, '2021-05-12T00:05:00', null],
    ['/Date(1469163600000-0500)/', {}, '2016-07-22T00:00:00', '2016-07-22T05:00:00.000Z'],
    ['20240423', {}, '2024-04-23T00:00:00', null],
    ['20240103T100000Z', {}, '2024-01-03T10:00:00', '2024-01-03T10:00:00.000Z'],
    ['2024-01-03T10:00:00+01:00[Europe/Paris]', {}, '2024-01-03T10:00:00', '2024-01-03T09:00:00.000Z'],
    ['Wed Jan 03 2024 10:00:00 GMT+0100 (CET)', {}, '2024-01-03T10:00:00', '2024-01-03T09:00:00.000Z'],
    ['2024-01-03 10:00:00 +0000 UTC', {}, '2024-01-03T10:00:00', '2024-01-03T10:00:00.000Z'],
    ['2024-01-03T10:00:00\u221205:00', {}, '2024-01-03T10:00:00', '2024-01-03T15:00:00.000Z'],
    ['03.01.24 10:00', {}, '2024-01-03T10:00:00', null],
    ['1/3/24 10:00 AM', {}, '2024-01-03T10:00:00', null],
    ['1704276000.5', {}, '2024-01-03T10:00:00', '2024-01-03T10:00:00.000Z'],
    ['1650000000', {}, '2022-04-15T05:20:00', '2022-04-15T05:20:00.000Z'],
    [
      '2016-12-08T15:19:00Z',
      { ignoreOffset: true, zone: 'America/Los_Angeles' },
      '2016-12-08T15:19:00',
      '2016-12-08T23:19:00.000Z',
    ],
    ['2016-12-08T15:19:00Z', { ignoreOffset: true }, '2016-12-08T15:19:00', null],
    ['2015-09-23 11:59:59 MST', { zone: 'America/Edmonton' }, '2015-09-23T11:59:59', '2015-09-23T17:59:59.000Z'],
    ['2023-02-30T10:00:00Z', {}, null, null],
    ['yesterday', {}, null, null],
  ])('%s with %j', (raw, hints, local, at) => {
    const time = readTime(raw, hints);
    expect(time.raw).toBe(raw);
    expect(time.local).toBe(local);
    expect(time.at?.toISOString() ?? null).toBe(at);
  });

  it('joins a date and a clock that were sent apart, and keeps both as they were sent', () => {
    expect(readDateAndTime('20240320', '190838', { offset: '+08:00' })).toMatchObject({
      raw: '20240320 190838',
      local: '2024-03-20T19:08:38',
      at: new Date('2024-03-20T11:08:38Z'),
    });
    expect(readDateAndTime('20240320', '70838', {}).local).toBe('2024-03-20T07:08:38');
    expect(readDateAndTime('March 1, 2014', null, {}).local).toBe('2014-03-01T00:00:00');
    expect(readDateAndTime(null, '10:00', {})).toMatchObject({ raw: null, at: null });
  });

  it('never takes the zone of the machine', () => {
    expect(readTime('2024-07-01T12:00:00').zone).toBeNull();
  });
});
