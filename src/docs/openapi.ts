import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { DocumentBuilder, SwaggerModule, type OpenAPIObject } from '@nestjs/swagger';
import { withWebhooks } from '../http/openapi-webhooks.ts';
import { WebhookDocs } from '../http/webhook-docs.ts';
import { BODIES, NAMES } from './bodies.ts';
import { CallList, type ListedCall } from './call-list.ts';
import { addComponents } from './document/components.ts';
import { placesOf, type Document } from './document/document.ts';
import { addExamples } from './document/examples.ts';
import { addRefusals } from './document/refusals.ts';
import { closeBodies, modern } from './document/modern.ts';
import { completeOperations, explainParameters, nameOperations, sayOperations } from './document/operations.ts';
import { CODES_OF } from './codes.ts';
import { PROBLEMS } from './problems.ts';
import { ABOUT, ID_OF, SUMMARIES, TAGS } from './words.ts';

/**
 * The OpenAPI 3.1 document of the running service, at /openapi.json, and its pages at /docs, both without the network.
 * Most processes are never asked for it: it is made for the first who asks.
 */
export function publish(app: NestFastifyApplication, publicUrl: string): void {
  let made: OpenAPIObject | undefined;
  const document = (): OpenAPIObject => (made ??= describe(app, publicUrl));
  SwaggerModule.setup('docs', app, document, {
    ...{ jsonDocumentUrl: 'openapi.json', customSiteTitle: 'Waybill API' },
    customJs: '/docs/phone.js', // the page of Swagger UI leaves a phone to think that it is a desk
  });
  app.get(CallList).read = () => callsOf(document());
}

function describe(app: NestFastifyApplication, publicUrl: string): OpenAPIObject {
  const settings = new DocumentBuilder()
    .setTitle('Waybill')
    .setDescription(ABOUT)
    .setVersion('1')
    .setOpenAPIVersion('3.1.0')
    .setLicense('MIT', 'https://opensource.org/license/mit')
    .addServer(publicUrl)
    .addBearerAuth({ type: 'http', scheme: 'bearer', description: 'An API key (`wb_…`) or a session token.' })
    .addSecurityRequirements('bearer')
    .build();
  const calls = modern(SwaggerModule.createDocument(app, settings)) as OpenAPIObject;
  const made: unknown = withWebhooks(calls, app.get(WebhookDocs, { strict: false }).all());
  const document = made as Document;
  const places = placesOf(document);
  nameOperations(places);
  sayOperations(places, { tags: TAGS, summaries: SUMMARIES });
  explainParameters(
    places,
    (resource, name) => NAMES[`${resource} ${name}`] ?? NAMES[name] ?? (name === 'id' ? ID_OF[resource] : undefined),
  );
  completeOperations(places, CODES_OF, PROBLEMS);
  closeBodies(document);
  addComponents(document, Object.keys(PROBLEMS));
  addRefusals(document, PROBLEMS);
  addExamples(document, places, BODIES);
  const used = new Set(places.flatMap(({ operation }) => operation.tags ?? []));
  const others = [...used].filter((tag) => !TAGS.some(({ name }) => name === tag));
  document.tags = [...TAGS, ...others.map((name) => ({ name, description: `Calls about ${name}.` }))]
    .filter(({ name }) => used.has(name))
    .map(({ name, description }) => ({ name, description }));
  return made as OpenAPIObject;
}

function callsOf(made: unknown): ListedCall[] {
  return placesOf(made as Document).map(({ path, method, operation }) => ({
    ...{ method: method.toUpperCase(), path, operationId: operation.operationId, summary: operation.summary ?? '' },
  }));
}
