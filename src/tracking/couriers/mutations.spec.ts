import { readdirSync, readFileSync } from 'node:fs';
import { mutatedPayload, numbers } from '../../../test/support/mutate.ts';
import { readMessage, SOURCES } from '../sources.translate.ts';

const dir = new URL('../../../test/data/tracking/', import.meta.url);

describe('payloads that are not quite as they were published', () => {
  it.each(SOURCES.filter((source) => readdirSync(dir).includes(source)))(
    '%s is read all the same, or kept as unreadable',
    (source) => {
      const next = numbers(source.length * 7919);
      for (const file of readdirSync(new URL(`${source}/`, dir))) {
        const text = readFileSync(new URL(`${source}/${file}`, dir), 'utf8');
        for (let round = 0; round < 20; round += 1) {
          const { shipments } = readMessage(source, Buffer.from(mutatedPayload(text, next)), 'poll');
          expect(shipments.length).toBeGreaterThan(0);
          for (const { number, events } of shipments) {
            expect(number === null || typeof number === 'string').toBe(true);
            for (const { code, text: said, place, time } of events) {
              const kept = [code, said, place, time.raw].filter((field) => field !== null).join('');
              expect(kept).not.toMatch(/\u0000|\p{Surrogate}/u);
              expect(kept.length).toBeLessThan(4000);
            }
          }
        }
      }
    },
  );
});
