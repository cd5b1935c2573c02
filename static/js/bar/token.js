// @ts-check
/** The dialog that asks for the server's token. */

import { find, write } from '../dom.js';
import { signIn } from '../server.js';
import * as words from '../words.js';

export class TokenDialog {
  #dialog = find('token-dialog', HTMLDialogElement);
  #field = find('token', HTMLInputElement);
  #text = find('token-text', HTMLElement);
  #signedIn;

  /** @param {() => void} signedIn */
  constructor(signedIn) {
    this.#signedIn = signedIn;
    find('token-form', HTMLFormElement).addEventListener('submit', (event) => {
      event.preventDefault();
      this.use(this.#field.value.trim());
    });
  }

  /**
   * ask shows the dialog.
   *
   * @param {'needed' | 'refused' | 'unreachable'} why
   */
  ask(why) {
    if (this.#dialog.open && why === 'needed') return;
    write(this.#text, words.signIn[why]);
    if (!this.#dialog.open) this.#dialog.showModal();
    this.#field.select();
  }

  close() {
    this.#field.value = '';
    this.#dialog.close();
  }

  /**
   * use signs in with a token.
   *
   * @param {string} token
   */
  async use(token) {
    const answer = await signIn(token);
    if (answer === 'in') {
      this.close();
      this.#signedIn();
    } else {
      this.ask(answer);
    }
  }
}
