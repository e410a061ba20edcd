import { preferred } from './preferred.ts';

describe('what a header wants most of what there is', () => {
  it.each<[string | undefined, string]>([
    [undefined, 'en'],
    ['', 'en'],
    ['fr', 'fr'],
    ['fr-CH, fr;q=0.9, en;q=0.8', 'fr'],
    ['en;q=0.5, fr;q=0.4', 'en'],
    ['de, fr;q=0.2', 'fr'],
    ['de', 'en'],
    ['*', 'en'],
    ['fr;q=0', 'en'],
  ])('Accept-Language %j: %s', (header, language) => {
    expect(preferred(header, ['en', 'fr'])).toBe(language);
  });

  it.each<[string | undefined, string]>([
    [undefined, 'application/json'],
    ['*/*', 'application/json'],
    ['text/html', 'text/html'],
    ['text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8', 'text/html'],
    ['application/json, text/html;q=0.5', 'application/json'],
    ['text/*', 'text/html'],
  ])('Accept %j: %s', (header, type) => {
    expect(preferred(header, ['application/json', 'text/html'])).toBe(type);
  });
});
