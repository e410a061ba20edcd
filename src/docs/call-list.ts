import { Injectable } from '@nestjs/common';

/** One call in a line. */
export interface ListedCall {
  method: string;
  path: string;
  operationId: string;
  summary: string;
}

/** Every call of the published document, for pages that list them. */
@Injectable()
export class CallList {
  calls: readonly ListedCall[] = [];
}
