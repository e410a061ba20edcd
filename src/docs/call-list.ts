import { Injectable } from '@nestjs/common';

/** One call in a line. */
export interface ListedCall {
  method: string;
  path: string;
  operationId: string;
  summary: string;
}

/** Every call of the published document, for pages that list them; the document is made when it is first asked for. */
@Injectable()
export class CallList {
  read: () => readonly ListedCall[] = () => [];
}
