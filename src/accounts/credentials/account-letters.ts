import type { Language } from '../../kernel/languages.ts';
import type { Letter } from '../../mail/layout.ts';

/** The letters about signing in, in one language. */
export interface AccountWords {
  reset(token: string, values: { url: string; minutes: number }): Letter;
  passwordChanged(): Letter;
  verify(name: string, values: { url: string; days: number }): Letter;
  addressChanged(name: string): Letter;
  signature: string;
}

const english: AccountWords = {
  reset: (token, { url, minutes }) => ({
    subject: 'Set a new password',
    paragraphs: [
      'Somebody asked to set a new password for your account. If it was not you, do nothing.',
      `The token, good for ${minutes} minutes and once:`,
      `    ${token}`,
      'Send it with the new password (12 characters or more):',
      `    POST ${url} {"password":"..."}`,
    ],
    facts: [],
  }),
  passwordChanged: () => ({
    subject: 'Your password was changed',
    paragraphs: [
      'The password of your account was changed just now, and you were signed out everywhere. If it was not you, ask for another reset and write to support.',
    ],
    facts: [],
  }),
  verify: (name, { url, days }) => ({
    subject: 'Is this your e-mail address?',
    paragraphs: [
      `${name} was given this address. To confirm it, within ${days} days:`,
      `    POST ${url}`,
      'Until then everything works but payouts. If you know nothing of it, do nothing.',
    ],
    facts: [],
  }),
  addressChanged: (name) => ({
    subject: 'Your e-mail address was changed',
    paragraphs: [
      `Letters to ${name} go to another address from now on. If it was not you, sign in, put it right and write to support.`,
    ],
    facts: [],
  }),
  signature: 'Waybill. You get this because an account names this address.',
};

const french: AccountWords = {
  reset: (token, { url, minutes }) => ({
    subject: 'Choisissez un nouveau mot de passe',
    paragraphs: [
      'Un nouveau mot de passe a été demandé pour votre compte. Si ce n’était pas vous, ne faites rien.',
      `Le jeton, valable ${minutes} minutes et une fois :`,
      `    ${token}`,
      'Envoyez-le avec le nouveau mot de passe (12 caractères ou plus) :',
      `    POST ${url} {"password":"..."}`,
    ],
    facts: [],
  }),
  passwordChanged: () => ({
    subject: 'Votre mot de passe a été changé',
    paragraphs: [
      'Le mot de passe de votre compte vient d’être changé, et vous avez été déconnecté partout. Si ce n’était pas vous, demandez-en un autre et écrivez à l’assistance.',
    ],
    facts: [],
  }),
  verify: (name, { url, days }) => ({
    subject: 'Cette adresse e-mail est-elle la vôtre ?',
    paragraphs: [
      `Cette adresse a été indiquée pour ${name}. Pour la confirmer, dans les ${days} jours :`,
      `    POST ${url}`,
      'D’ici là, tout fonctionne sauf les virements. Si vous n’êtes pas concerné, ne faites rien.',
    ],
    facts: [],
  }),
  addressChanged: (name) => ({
    subject: 'Votre adresse e-mail a été changée',
    paragraphs: [
      `Les lettres à ${name} vont désormais à une autre adresse. Si ce n’était pas vous, connectez-vous, corrigez-la et écrivez à l’assistance.`,
    ],
    facts: [],
  }),
  signature: 'Waybill. Vous recevez ce message parce qu’un compte indique cette adresse.',
};

export const ACCOUNT_WORDS: Readonly<Record<Language, AccountWords>> = { en: english, fr: french };
