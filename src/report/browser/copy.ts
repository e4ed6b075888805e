// Buttons that copy the text of an element.

const select = (source: Element): void => {
  const selection = getSelection();
  selection?.selectAllChildren(source);
};

const copy = async (button: HTMLButtonElement): Promise<void> => {
  const source = document.getElementById(button.dataset['copy'] ?? '');
  if (source === null) return;
  try {
    await navigator.clipboard.writeText(source.textContent ?? '');
    button.textContent = 'Copied';
  } catch {
    select(source); // no clipboard for pages from disk in some browsers: leave it one key away
    button.textContent = 'Selected';
  }
  setTimeout(() => {
    button.textContent = 'Copy';
  }, 1600);
};

/** Makes every button with `data-copy` copy the element of that id. */
export const startCopying = (): void => {
  for (const button of document.querySelectorAll<HTMLButtonElement>('button[data-copy]'))
    button.addEventListener('click', () => void copy(button));
};
