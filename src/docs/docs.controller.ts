import { Controller, Get, Header, Param, Redirect } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { Access } from '../http/access.ts';
import { NotFound } from '../kernel/errors.ts';
import { CallList } from './call-list.ts';
import { GUIDES, isGuide, readGuide } from './guides.ts';
import { FITS_A_PHONE, guidePage, page, problemPage, problemsPage } from './pages.ts';
import { isProblem, PROBLEMS } from './problems.ts';
import { ABOUT } from './words.ts';

const HTML = 'text/html; charset=utf-8';

/** What people read beside the list of calls: guides, errors, and a short text for programs that read. */
@ApiExcludeController()
@Controller()
export class DocsController {
  constructor(private readonly list: CallList) {}

  /** Who opens the address in a browser wants to know what is here. */
  @Get()
  @Access({ public: true })
  @Redirect('/docs', 302)
  start(): void {
    // the decorator answers
  }

  @Get('docs/phone.js')
  @Access({ public: true })
  @Header('Content-Type', 'text/javascript; charset=utf-8')
  phone(): string {
    return FITS_A_PHONE;
  }

  @Get('docs/guides')
  @Access({ public: true })
  @Header('Content-Type', HTML)
  guides(): string {
    const items = Object.entries(GUIDES).map(([name, title]) => `<li><a href="/docs/guides/${name}">${title}</a></li>`);
    return page('Guides', `<h1>Guides</h1><ul>${items.join('')}</ul>`);
  }

  @Get('docs/guides/:name')
  @Access({ public: true })
  @Header('Content-Type', HTML)
  guide(@Param('name') name: string): string {
    if (!isGuide(name)) throw new NotFound('guide');
    return guidePage(GUIDES[name], readGuide(name));
  }

  @Get('problems')
  @Access({ public: true })
  @Header('Content-Type', HTML)
  problems(): string {
    return problemsPage(PROBLEMS);
  }

  @Get('problems/:code')
  @Access({ public: true })
  @Header('Content-Type', HTML)
  problem(@Param('code') code: string): string {
    if (!isProblem(code)) throw new NotFound('error');
    return problemPage(code, PROBLEMS[code]);
  }

  /** https://llmstxt.org */
  @Get('llms.txt')
  @Access({ public: true })
  @Header('Content-Type', 'text/plain; charset=utf-8')
  llms(): string {
    const guides = Object.entries(GUIDES).map(([name, title]) => `- [${title}](/docs/guides/${name})`);
    const calls = this.list
      .read()
      .map(({ method, path, operationId, summary }) => `- ${method} ${path} (${operationId}): ${summary}`);
    return [
      `# Waybill\n\n> ${ABOUT}`,
      `## Guides\n\n${guides.join('\n')}`,
      '## Reference\n\n- [OpenAPI 3.1](/openapi.json): every call, its fields, answers and examples\n- [Errors](/problems): every code, what it means, what to do',
      `## Calls\n\n${calls.join('\n')}\n`,
    ].join('\n\n');
  }
}
