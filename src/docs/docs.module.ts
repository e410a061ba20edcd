import { Module } from '@nestjs/common';
import { CallList } from './call-list.ts';
import { DocsController } from './docs.controller.ts';

/** The pages of the documentation; the list of calls is openapi.ts. */
@Module({ controllers: [DocsController], providers: [CallList], exports: [CallList] })
export class DocsModule {}
