// @ts-check
/**
 * The panel of streams: a tree by folder with the true condition of each, and
 * a field that finds one by name.
 */

import { icon, make, write } from '../dom.js';
import * as words from '../words.js';
import { grow, matching } from './tree.js';

/** @typedef {import('../server.js').Info} Info */
/** @typedef {import('./tree.js').Folder} Folder */

/** Folders with more streams than this are closed at first. */
const crowd = 100;
/** Streams that finding shows at most. */
const most = 100;

/**
 * Item is the elements of one stream.
 *
 * @typedef {object} Item
 * @property {HTMLLIElement} element
 * @property {HTMLButtonElement} button
 * @property {HTMLElement} rate
 * @property {HTMLElement} why
 * @property {string} name
 * @property {number} lines as last told
 */

export class Streams {
  #list;
  #field;
  #choose;
  /** @type {Map<string, Info>} */
  #infos = new Map();
  /** @type {Set<string>} */
  #selected = new Set();
  /** The items that have elements. @type {Item[]} */
  #items = [];
  /** Folders that the reader opened or closed. @type {Map<string, boolean>} */
  #open = new Map();
  /** What the elements were made for. */
  #made = '';
  /** Which found stream Enter takes. */
  #at = 0;

  /**
   * @param {HTMLElement} list
   * @param {HTMLInputElement} field
   * @param {(name: string, how: 'alone' | 'beside') => void} choose
   */
  constructor(list, field, choose) {
    this.#list = list;
    this.#field = field;
    this.#choose = choose;
    list.addEventListener('click', (event) => this.#clicked(event));
    list.addEventListener('keydown', (event) => this.#walked(event));
    field.addEventListener('input', () => {
      this.#at = 0;
      this.#draw();
    });
    field.addEventListener('keydown', (event) => this.#typed(event));
  }

  /**
   * show takes what the server says of its streams.
   *
   * @param {Info[]} infos
   */
  show(infos) {
    this.#infos = new Map(infos.map((info) => [info.name, info]));
    this.#draw();
  }

  /** @param {string[]} names of the streams that are watched */
  set selected(names) {
    this.#selected = new Set(names);
    this.#draw();
  }

  /** @param {boolean} on whether what is shown is what the server said last, and not what is */
  set stale(on) {
    this.#list.classList.toggle('stale', on);
  }

  /** find puts the reader into the field. */
  find() {
    this.#field.focus();
    this.#field.select();
  }

  #draw() {
    const query = this.#field.value.trim();
    const names = [...this.#infos.keys()];
    const open = [...this.#open].map(([path, on]) => `${path}=${on}`);
    const wanted = [query, ...names, '', ...open].join('\n');
    if (wanted !== this.#made) {
      this.#made = wanted;
      this.#items = [];
      if (query) this.#list.replaceChildren(...this.#found(names, query));
      else this.#list.replaceChildren(...this.#branches(grow(names), 0));
    }
    for (const item of this.#items) this.#update(item);
    const marked = query ? this.#items[Math.min(this.#at, this.#items.length - 1)] : undefined;
    for (const item of this.#items) item.element.classList.toggle('marked', item === marked);
    marked?.element.scrollIntoView({ block: 'nearest' });
  }

  /**
   * @param {string[]} names
   * @param {string} query
   */
  #found(names, query) {
    const found = matching(names, query).slice(0, most);
    if (found.length === 0) return [make('li', { class: 'nothing', text: words.streams.none })];
    return found.map((name) => this.#item(name, name, 0));
  }

  /**
   * @param {Folder} folder
   * @param {number} depth
   * @returns {HTMLLIElement[]}
   */
  #branches(folder, depth) {
    const leaves = folder.leaves.map(({ label, name }) => this.#item(label, name, depth));
    const folders = folder.folders.map((below) => {
      const open = this.#open.get(below.path) ?? below.size <= crowd;
      const heading = make('button', {
        class: 'folder', type: 'button', 'data-folder': below.path, 'aria-expanded': String(open), title: below.path,
      }, icon('chevron'), make('span', { class: 'name', text: below.label }),
      ...(open ? [] : [make('span', { class: 'rate', text: String(below.size) })]));
      heading.style.setProperty('--depth', String(depth));
      const children = open ? [make('ul', {}, ...this.#branches(below, depth + 1))] : [];
      return make('li', {}, heading, ...children);
    });
    return [...leaves, ...folders];
  }

  /**
   * @param {string} label
   * @param {string} name
   * @param {number} depth
   */
  #item(label, name, depth) {
    const figure = make('span', { class: 'rate' });
    const why = make('div', { class: 'why' });
    const button = make('button', { class: 'stream', type: 'button', 'data-stream': name },
      make('span', { class: 'dot' }), make('span', { class: 'name', text: label }), figure);
    const beside = make('button', { class: 'beside', type: 'button', 'data-beside': name, tabindex: '-1' }, icon('plus'));
    const element = make('li', { class: 'item' }, button, beside, why);
    element.style.setProperty('--depth', String(depth));
    this.#items.push({ element, button, rate: figure, why, name, lines: -1 });
    return element;
  }

  /** @param {Item} item */
  #update(item) {
    const info = this.#infos.get(item.name);
    if (!info) return;
    const on = this.#selected.has(item.name);
    const active = item.lines >= 0 && info.lines > item.lines;
    item.lines = info.lines;
    item.element.className = `item ${info.condition}${on ? ' on' : ''}${active ? ' active' : ''}`;
    item.button.setAttribute('aria-current', String(on));
    const title = [info.name, info.condition + (info.reason ? `: ${info.reason}` : '')].join('\n');
    if (item.button.title !== title) item.button.title = title;
    const beside = item.element.querySelector('.beside');
    const verb = on ? words.streams.drop : words.streams.add;
    beside?.setAttribute('title', verb);
    beside?.setAttribute('aria-label', `${verb}: ${info.name}`);
    write(item.rate, info.condition === 'live' ? words.rate(info.lines_per_s) : info.condition);
    write(item.why, info.condition === 'failed' || info.condition === 'waiting' ? info.reason : '');
  }

  /** @param {MouseEvent} event */
  #clicked(event) {
    const button = event.target instanceof Element ? event.target.closest('button') : null;
    const { folder, stream, beside } = button?.dataset ?? {};
    if (folder !== undefined) {
      this.#open.set(folder, button?.getAttribute('aria-expanded') !== 'true');
      this.#draw();
      this.#refocus(folder);
    } else if (beside !== undefined) {
      this.#choose(beside, 'beside');
    } else if (stream !== undefined) {
      this.#take(stream, event.ctrlKey || event.metaKey ? 'beside' : 'alone');
    }
  }

  /** @param {KeyboardEvent} event that goes through the tree: up and down, in and out */
  #walked(event) {
    const { target, key } = event;
    if (!(target instanceof HTMLButtonElement) || event.ctrlKey || event.altKey || event.metaKey) return;
    const buttons = [...this.#list.querySelectorAll('button')].filter((button) => !button.matches('.beside'));
    const at = target.matches('.beside') ? buttons.findIndex((button) => button.parentElement === target.parentElement) : buttons.indexOf(target);
    const open = target.getAttribute('aria-expanded');
    const beside = target.matches('.stream') ? target.nextElementSibling : null;
    if (key === 'ArrowDown') buttons[at + 1]?.focus();
    else if (key === 'ArrowUp') (buttons[at - 1] ?? this.#field).focus();
    else if ((key === 'ArrowRight' && open === 'false') || (key === 'ArrowLeft' && open === 'true')) target.click();
    else if (key === 'ArrowRight' && beside instanceof HTMLElement) beside.focus();
    else if (key === 'ArrowRight' && open === 'true') buttons[at + 1]?.focus();
    else if (key === 'ArrowLeft') (target.matches('.beside') ? buttons[at] : folderOf(target))?.focus();
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  /** @param {string} path of a folder whose element was made anew */
  #refocus(path) {
    for (const button of this.#list.querySelectorAll('button')) {
      if (button.dataset['folder'] === path) button.focus();
    }
  }

  /** @param {KeyboardEvent} event */
  #typed(event) {
    const by = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0;
    if (by > 0 && !this.#field.value.trim()) {
      this.#list.querySelector('button')?.focus();
      event.preventDefault();
    } else if (by !== 0 && this.#items.length > 0) {
      this.#at = (this.#at + by + this.#items.length) % this.#items.length;
      this.#draw();
      event.preventDefault();
    }
    if (event.key === 'Escape') this.#clear();
    const item = this.#items[this.#at];
    if (event.key === 'Enter' && item && this.#field.value.trim()) {
      this.#take(item.name, event.altKey || event.ctrlKey ? 'beside' : 'alone');
    }
  }

  /**
   * @param {string} name
   * @param {'alone' | 'beside'} how
   */
  #take(name, how) {
    this.#clear();
    this.#choose(name, how);
  }

  /** clear shows the tree again. */
  #clear() {
    if (!this.#field.value) return;
    this.#field.value = '';
    this.#draw();
  }
}

/**
 * folderOf returns the heading of the folder that a button of the tree is in.
 *
 * @param {HTMLElement} button
 */
function folderOf(button) {
  const heading = button.closest('ul')?.parentElement?.querySelector(':scope > .folder');
  return heading instanceof HTMLElement ? heading : null;
}
