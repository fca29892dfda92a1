// The little that this page needs of a library. Text is always text: nothing here, and no code of the page, makes markup of it.

/** @param {string} id */
export const $ = (id) => document.getElementById(id);

/**
 * @param {string} tag
 * @param {{ [name: string]: string }} [attributes]
 * @param {...(Node | string)} children
 */
export const make = (tag, attributes = {}, ...children) => {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
};

/**
 * Runs the act on a click, once at a time.
 * @param {HTMLElement} button
 * @param {() => Promise<unknown>} act
 */
export const onClick = (button, act) =>
  button.addEventListener('click', async () => {
    button.disabled = true;
    await act().finally(() => (button.disabled = false));
  });

/** @param {number} seconds */
export const minutes = (seconds) => `${Math.floor(seconds / 60)}:${`${Math.floor(seconds % 60)}`.padStart(2, '0')}`;
