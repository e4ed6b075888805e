// The colours of the style sheet, for what is drawn on a canvas.

export type Theme = {
  readonly ink: string;
  readonly muted: string;
  readonly rule: string;
  readonly ok: string;
  readonly fail: string;
  readonly info: string;
  readonly bad: string;
  readonly band: string;
  readonly font: string;
};

/** Reads the colours as they are now; they change with the system's dark mode. */
export const readTheme = (): Theme => {
  const style = getComputedStyle(document.documentElement);
  const of = (name: string): string => style.getPropertyValue(`--${name}`).trim();
  return {
    ink: of('ink'),
    muted: of('muted'),
    rule: of('rule'),
    ok: of('ok'),
    fail: of('fail'),
    info: of('info'),
    bad: of('bad'),
    band: of('band'),
    font: `12px ${getComputedStyle(document.body).fontFamily}`,
  };
};
