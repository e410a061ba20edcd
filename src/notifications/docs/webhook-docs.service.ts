import { Injectable } from '@nestjs/common';
import type { EventName } from '../../events/catalog.ts';
import { WebhookDocs, type WebhookDoc } from '../../http/webhook-docs.ts';
import { idOut, type IdPrefix } from '../../kernel/ids.ts';
import { EVENT_NAMES, SUBJECTS, type Subject } from '../event-subjects.ts';
import { factsOf } from '../facts.translate.ts';
import { EVENT_SAYS } from './event-says.ts';
import { decisionExample, shownExample } from './shown-examples.ts';
import { EXAMPLE_IDS, TOLD } from './told-examples.ts';

/** What `data` is, in the document's words. */
const COMPONENTS: Readonly<Record<Exclude<Subject, 'facts'>, WebhookDoc['data']>> = {
  order: { component: 'OrderView', without: ['ship_to'] },
  package: { component: 'PackageView', without: [] },
  claim: { component: 'ClaimView', without: ['description', 'messages', 'note'] },
  return: { component: 'ReturnView', without: ['description', 'note'] },
  transaction: { component: 'TransactionView', without: [] },
  top_up: { component: 'TopUpView', without: [] },
  payout: { component: 'PayoutView', without: ['destination'] },
};

const EVENT_ID = '019a0b1c-0000-7000-8000-0000000000aa';

/** Every event with a sentence and an example, for the OpenAPI document. */
@Injectable()
export class EventDocs implements WebhookDocs {
  all(): readonly WebhookDoc[] {
    return EVENT_NAMES.map((name, index) => {
      const subject = SUBJECTS[name];
      const head = { id: idOut('evt', EVENT_ID), type: name, created_at: EXAMPLE_IDS.at, sequence: index + 1 };
      return {
        ...{ name, says: EVENT_SAYS[name], data: subject === 'facts' ? null : COMPONENTS[subject] },
        ...(name === 'claim.decided' ? { otherwise: decisionExample(idOut) } : {}),
        example: { ...head, data: dataOf(name, subject) },
      };
    });
  }
}

function dataOf(name: EventName, subject: Subject): object {
  if (subject !== 'facts') return shownExample(name, subject, idOut);
  return factsOf(name, { ...TOLD[name] }, (prefix, uuid) => idOut(prefix as IdPrefix, uuid));
}
