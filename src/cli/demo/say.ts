const COLOUR = process.stdout.isTTY;
const paint = (code: string, text: string): string => (COLOUR ? `\u001b[${code}m${text}\u001b[0m` : text);

/** The demo's voice: numbered chapters, a line for each thing that happened. */
export class Say {
  private chapters = 0;

  chapter(title: string): void {
    this.chapters += 1;
    process.stdout.write(`\n${paint('1', `${this.chapters}. ${title}`)}\n`);
  }

  done(text: string): void {
    process.stdout.write(`   ${paint('32', '✓')} ${text}\n`);
  }

  note(text: string): void {
    process.stdout.write(`     ${paint('2', text)}\n`);
  }

  block(text: string): void {
    for (const line of text.split('\n')) process.stdout.write(`     ${line}\n`);
  }
}
