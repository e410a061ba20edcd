import { Controller, Get, Param, Post, StreamableFile } from '@nestjs/common';
import { ApiOperation, ApiProduces, ApiTags } from '@nestjs/swagger';
import { Access } from '../../http/access.ts';
import { CurrentActor, type Actor } from '../../http/actor.ts';
import type { Answer } from '../../http/answer.ts';
import { CurrentCall, type Call } from '../../http/call.ts';
import { Commands } from '../../http/commands.ts';
import { TakesTime } from '../../http/deadline.ts';
import { IdPipe } from '../../http/id.pipe.ts';
import { Returns } from '../../http/returns.ts';
import { CurrentForm, TakesForm, type IncomingForm } from '../../http/upload.ts';
import { idOut } from '../../kernel/ids.ts';
import { callerOf } from '../caller.ts';
import { EvidenceTooLarge } from '../claims/claims.errors.ts';
import { complete, EVIDENCE_FORM, LARGEST_BYTES } from '../claims/evidence/form.ts';
import { fileName } from '../claims/evidence/media.ts';
import { ReturnEvidences } from './return-evidence.ts';
import { ReturnViews } from './return.views.ts';
import { ReturnView } from './returns.dto.ts';

/** What shows what a return says. */
@ApiTags('returns')
@Controller('v1/returns')
export class ReturnEvidenceController {
  constructor(
    private readonly evidence: ReturnEvidences,
    private readonly views: ReturnViews,
    private readonly commands: Commands,
  ) {}

  @Post(':id/evidence')
  @Access({ merchant: 'claims:write', staff: ['support', 'warehouse'] })
  @TakesTime()
  @TakesForm(LARGEST_BYTES, EVIDENCE_FORM)
  @ApiOperation({
    summary: 'A file as evidence, as large as the order’s policy takes; received goods are decided again.',
  })
  @Returns(201, ReturnView)
  async addEvidence(
    @Param('id', IdPipe('ret')) id: string,
    @CurrentForm() form: IncomingForm,
    @CurrentCall() call: Call,
  ): Promise<Answer> {
    const caller = callerOf(call.actor);
    const limit = Math.min(await this.evidence.limit(id, caller), LARGEST_BYTES);
    const { kind, file } = complete(await form.read(limit, (bytes) => new EvidenceTooLarge(bytes)));
    const kept = await this.evidence.keep(id, kind, file, caller);
    // The bytes are named by their hash: the same request again is one with the same file.
    return this.commands.run({ ...call, body: { kind, sha256: kept.sha256 } }, async (tx) =>
      this.views.of(tx, await this.evidence.add(tx, id, kept, caller)),
    );
  }

  @Get(':id/evidence/:evidence')
  @Access({ merchant: 'claims:read', staff: ['support', 'warehouse', 'finance'] })
  @ApiProduces('image/jpeg', 'image/png', 'image/webp', 'video/mp4', 'application/pdf')
  @Returns(200, null, { description: 'The bytes as they were shown.' })
  async getEvidence(
    @Param('id', IdPipe('ret')) id: string,
    @Param('evidence', IdPipe('evd')) evidenceId: string,
    @CurrentActor() actor: Actor,
  ): Promise<StreamableFile> {
    const { shown, bytes } = await this.evidence.read(id, evidenceId, callerOf(actor));
    const name = fileName(idOut('evd', shown.id), shown.mediaType);
    return new StreamableFile(bytes, { type: shown.mediaType, disposition: `attachment; filename="${name}"` });
  }
}
