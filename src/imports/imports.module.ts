import { Global, Module } from '@nestjs/common';
import { ImportsController } from './imports.controller.ts';
import { ImportsExports } from './imports.exports.ts';
import { ImportsSweep } from './imports.sweep.ts';
import { ImportsService } from './imports.service.ts';

/** CSV files, row by row: read, dry run, results, the bad rows back. What a row means is its module's. */
@Global()
@Module({
  controllers: [ImportsController],
  providers: [ImportsService, ImportsSweep, ImportsExports],
  exports: [ImportsService],
})
export class ImportsModule {}
