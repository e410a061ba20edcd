import { describe, expect, it } from '@jest/globals';
import { FIXED_KINDS, LETTER_KINDS } from './letter-kinds.ts';
import { letterOf, setDigest, setOne } from './letter.ts';
import { english } from './words.en.ts';
import { french } from './words.fr.ts';

const namesIn = (texts: readonly string[]): string[] => texts.flatMap((text) => text.match(/\{\w+\}/g) ?? []).sort();

it.each([...LETTER_KINDS, ...FIXED_KINDS])('%s says the same in both languages', (kind) => {
  const [en, fr] = [english.letters[kind], french.letters[kind]];
  expect(namesIn([fr.subject])).toEqual(namesIn([en.subject]));
  expect(fr.paragraphs.map((text) => namesIn([text]))).toEqual(en.paragraphs.map((text) => namesIn([text])));
  expect([fr.subject, ...fr.paragraphs]).not.toEqual([en.subject, ...en.paragraphs]);
});

describe('a letter', () => {
  const contents = {
    values: { order: 'A <1>\r\nBcc: x', claim: 'clm_1', amount: null },
    facts: [['order', 'A <1>']] as const,
  };

  it('leaves out the paragraph that needs a value nobody has', () => {
    expect(letterOf('claim_decided', contents, 'en').paragraphs).toHaveLength(1);
    const paid = { ...contents, values: { ...contents.values, amount: '5.00 USD' } };
    expect(letterOf('claim_decided', paid, 'fr').paragraphs[1]).toBe('5.00 USD sont crédités sur votre portefeuille.');
  });

  it('is set as text and as HTML that a phone shows, with nothing that anybody slipped in', () => {
    const { subject, text, html } = setOne(letterOf('order_confirmed', contents, 'en'), 'en');
    expect(subject).toBe('Order A <1> Bcc: x is confirmed');
    expect(text).toContain('Order: A <1>');
    expect(html).toContain('A &lt;1&gt;');
    expect(html).not.toContain('<1>');
    expect(html).toContain('width=device-width');
    expect(html).toContain('<html lang="en">');
  });

  it('is a part of the day’s summary', () => {
    const letters = ['order_confirmed', 'claim_opened'] as const;
    const { subject, text, html } = setDigest(
      letters.map((kind) => letterOf(kind, contents, 'fr')),
      'fr',
    );
    expect(subject).toBe('Votre journée en bref : 2');
    expect(text).toContain('Nous avons reçu votre réclamation clm_1.');
    expect(html.match(/<h2/g)).toHaveLength(2);
  });
});
