import { Controller, Get, Param, Post, StreamableFile } from '@nestjs/common';
import { ApiOperation, ApiProduces, ApiTags } from '@nestjs/swagger';
import { Access } from '../../../http/access.ts';
import { CurrentActor, type Actor } from '../../../http/actor.ts';
import type { Answer } from '../../../http/answer.ts';
import { CurrentCall, type Call } from '../../../http/call.ts';
import { Commands } from '../../../http/commands.ts';
import { TakesTime } from '../../../http/deadline.ts';
import { IdPipe } from '../../../http/id.pipe.ts';
import { Returns } from '../../../http/returns.ts';
import { CurrentForm, TakesForm, type IncomingForm } from '../../../http/upload.ts';
import { idOut } from '../../../kernel/ids.ts';
import { callerOf } from '../../caller.ts';
import { evidenceView } from '../claim.views.ts';
import { EvidenceAddedView } from '../claims.dto.ts';
import { EvidenceTooLarge } from '../claims.errors.ts';
import { complete, EVIDENCE_FORM, LARGEST_BYTES } from './form.ts';
import { fileName } from './media.ts';
import { Showing } from './showing.ts';

/** What shows what a claim says. */
@ApiTags('claims')
@Controller('v1/claims')
export class EvidenceController {
  constructor(
    private readonly showing: Showing,
    private readonly commands: Commands,
  ) {}

  @Post(':id/evidence')
  @Access({ merchant: 'claims:write', staff: ['support'] })
  @TakesTime()
  @TakesForm(LARGEST_BYTES, EVIDENCE_FORM)
  @ApiOperation({ summary: 'A file as evidence, as large as the order’s policy takes; the claim is decided again.' })
  @Returns(201, EvidenceAddedView)
  async add(
    @Param('id', IdPipe('clm')) id: string,
    @CurrentForm() form: IncomingForm,
    @CurrentCall() call: Call,
  ): Promise<Answer> {
    const caller = callerOf(call.actor);
    const limit = Math.min(await this.showing.limit(id, caller), LARGEST_BYTES);
    const { kind, file } = complete(await form.read(limit, (bytes) => new EvidenceTooLarge(bytes)));
    const kept = await this.showing.keep(id, kind, file, caller);
    // The bytes are named by their hash: the same request again is one with the same file.
    return this.commands.run({ ...call, body: { kind, sha256: kept.sha256 } }, async (tx) => {
      const { shown, whole } = await this.showing.add(tx, id, kept, caller);
      return Object.assign({}, evidenceView(shown), { status: whole.claim.status, decision: whole.decision.decision });
    });
  }

  @Get(':id/evidence/:evidence')
  @Access({ merchant: 'claims:read', staff: ['support', 'finance'] })
  @ApiProduces('image/jpeg', 'image/png', 'image/webp', 'video/mp4', 'application/pdf')
  @Returns(200, null, { description: 'The bytes as they were shown.' })
  async get(
    @Param('id', IdPipe('clm')) id: string,
    @Param('evidence', IdPipe('evd')) evidenceId: string,
    @CurrentActor() actor: Actor,
  ): Promise<StreamableFile> {
    const { shown, bytes } = await this.showing.read(id, evidenceId, callerOf(actor));
    const name = fileName(idOut('evd', shown.id), shown.mediaType);
    return new StreamableFile(bytes, { type: shown.mediaType, disposition: `attachment; filename="${name}"` });
  }
}
