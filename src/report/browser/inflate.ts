// Unpacks the page's data: base64 of raw deflate of JSON, in a template element.
import type { PageData } from '../columns.ts';

const bytesOf = (base64: string): Uint8Array<ArrayBuffer> => {
  const text = atob(base64);
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i);
  return bytes;
};

/** The page's data. Rejects when the file is damaged or the browser cannot inflate. */
export const readPageData = async (): Promise<PageData> => {
  const template = document.querySelector<HTMLTemplateElement>('#data');
  const base64 = template?.content.textContent ?? '';
  const stream = new Blob([bytesOf(base64.trim())])
    .stream()
    .pipeThrough(new DecompressionStream('deflate-raw'));
  return JSON.parse(await new Response(stream).text()) as PageData; // our own data, written by columns.ts
};
