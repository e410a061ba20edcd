import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { DocumentBuilder, SwaggerModule, type OpenAPIObject } from '@nestjs/swagger';
import { withWebhooks } from './openapi-webhooks.ts';
import { WebhookDocs } from './webhook-docs.ts';

/** The OpenAPI 3.1 document of the running service, at /openapi.json, and its pages at /docs, both without the network. */
export function describe(app: NestFastifyApplication, publicUrl: string): void {
  const settings = new DocumentBuilder()
    .setTitle('Waybill')
    .setDescription('Dropshipping fulfilment with a merchant e-wallet: quote, place, pay, ship, track, refund.')
    .setVersion('1')
    .setOpenAPIVersion('3.1.0')
    .setLicense('MIT', 'https://opensource.org/license/mit')
    .addServer(publicUrl)
    .addBearerAuth({ type: 'http', scheme: 'bearer', description: 'An API key (`wb_…`) or a session token.' })
    .addSecurityRequirements('bearer')
    .build();
  const calls = modern(SwaggerModule.createDocument(app, settings)) as OpenAPIObject;
  const document = withWebhooks(calls, app.get(WebhookDocs, { strict: false }).all());
  SwaggerModule.setup('docs', app, document, { jsonDocumentUrl: 'openapi.json', customSiteTitle: 'Waybill API' });
}

/** 3.1 says `type: [string, null]` where the generator still writes 3.0's `nullable`. */
function modern(node: unknown): unknown {
  if (Array.isArray(node)) return node.map(modern);
  if (typeof node !== 'object' || node === null) return node;
  const { nullable, ...rest } = Object.fromEntries(Object.entries(node).map(([name, part]) => [name, modern(part)]));
  if (nullable !== true) return nullable === undefined || nullable === false ? rest : { nullable, ...rest };
  if (typeof rest['type'] === 'string') return { ...rest, type: [rest['type'], 'null'] };
  return { anyOf: [rest, { type: 'null' }] };
}
