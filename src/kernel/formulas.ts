/**
 * A cell for a spreadsheet: what it would run as a formula is made a text by an apostrophe before it; numbers stay
 * numbers. Source: OWASP, CSV Injection.
 */
export function noFormula(cell: string): string {
  return /^[=+\-@\t\r]/.test(cell) && !/^-?\d[\d.,]*$/.test(cell) ? `'${cell}` : cell;
}

/** A cell as it was before `noFormula`, or before a store did the same. */
export function bareCell(cell: string): string {
  return cell.replace(/^'(?=[=+\-@])/, '');
}
