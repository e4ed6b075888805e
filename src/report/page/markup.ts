// HTML as values: a template that escapes whatever is put into it, unless it is HTML already.

/** A piece of HTML that is safe to write out. Only `html` and `trusted` make one. */
export class Html {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

const entities: { readonly [char: string]: string } = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Text with everything that means something in HTML escaped; safe in content and in quoted attributes. */
export const escapeHtml = (text: string): string =>
  text.replace(/[&<>"']/g, (char) => entities[char]!);

/** What a template takes: text and numbers are escaped, HTML is kept, lists are joined, nothing is left out. */
export type Part = Html | string | number | false | undefined | readonly Part[];

const write = (part: Part): string => {
  if (part === undefined || part === false) return '';
  if (part instanceof Html) return part.text;
  if (typeof part === 'string' || typeof part === 'number') return escapeHtml(String(part));
  return part.map(write).join('');
};

/** The template tag: `html`<b>${text}</b>``. Put values only into content and quoted attributes. */
export const html = (strings: TemplateStringsArray, ...parts: readonly Part[]): Html =>
  new Html(strings.map((text, i) => text + (i < parts.length ? write(parts[i]) : '')).join(''));

/** Text of our own that is HTML already: style sheets, scripts, drawn numbers. Never anything from outside. */
export const trusted = (text: string): Html => new Html(text);

/** Text from outside, kept from changing the direction of what stands around it. */
export const isolated = (text: string): Html => html`<bdi>${text}</bdi>`;
