import { Global, Module } from '@nestjs/common';
import { ExportsController } from './exports.controller.ts';
import { Exports } from './exports.service.ts';

/** A merchant's data as files; each module registers what it holds. */
@Global()
@Module({ controllers: [ExportsController], providers: [Exports], exports: [Exports] })
export class ExportsModule {}
