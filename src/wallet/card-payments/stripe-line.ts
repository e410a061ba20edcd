import type Stripe from 'stripe';
import type * as Undici from 'undici';
import { later } from '../../kernel/later.ts';

type HttpClient = NonNullable<NonNullable<ConstructorParameters<typeof Stripe>[1]>['httpClient']>;

const undici = later((from) => from('undici') as typeof Undici);

/**
 * How the SDK's requests travel. A try ends in its time with all of its answer, also where that drips: the SDK's own
 * client measures silence alone, and whoever waits, the house's timers among them, would wait for ever.
 * @param inFlight requests at once
 */
export function stripeLine(inFlight: number): HttpClient {
  const { Agent, request } = undici();
  const dispatcher = new Agent({ connections: inFlight, pipelining: 1 });
  return {
    getClientName: () => 'undici',
    makeRequest: async (host, port, path, method, headers, body, protocol, timeoutMs) => {
      const answer = await request(`${protocol}://${host}:${port}${path}`, {
        ...{ dispatcher, method, headers: sent(headers) },
        body: body === '' ? null : body,
        signal: AbortSignal.timeout(timeoutMs),
      });
      const text = await answer.body.text();
      return {
        getStatusCode: () => answer.statusCode,
        getHeaders: () => answer.headers as Record<string, string | string[]>,
        getRawResponse: () => answer,
        toStream: () => text,
        toJSON: () =>
          new Promise((resolve) => {
            resolve(JSON.parse(text));
          }),
      };
    },
  };
}

/** Headers as they go on the line: what the SDK leaves open is not sent. */
function sent(headers: object): Record<string, string> {
  const given = Object.entries(headers).filter(([, value]) => value !== undefined && value !== null);
  return Object.fromEntries(given.map(([name, value]) => [name, String(value)]));
}
