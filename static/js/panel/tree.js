// @ts-check
/**
 * Names of streams as a tree: folders that hold nothing but one folder are one
 * with it.
 */

/**
 * @typedef {object} Folder
 * @property {string} label
 * @property {string} path from the root, with the label's last folder
 * @property {Folder[]} folders
 * @property {Leaf[]} leaves
 * @property {number} size streams below
 */

/** @typedef {{label: string, name: string}} Leaf a stream */

/**
 * grow returns the root of the tree of names, which has no label of its own.
 *
 * @param {string[]} names
 * @returns {Folder}
 */
export function grow(names) {
  const root = folder('', '');
  /** @type {Map<string, Folder>} */
  const known = new Map([['', root]]);
  for (const name of [...names].sort(order)) {
    const cut = name.lastIndexOf('/');
    const parent = at(known, cut < 0 ? '' : name.slice(0, cut));
    parent.leaves.push({ label: name.slice(cut + 1) || name, name });
  }
  count(root);
  root.folders = root.folders.map(compress);
  return root;
}

/**
 * matching returns the names that hold all words of a query, the best first:
 * those where the last part begins with it.
 *
 * @param {string[]} names
 * @param {string} query
 */
export function matching(names, query) {
  const asked = query.toLowerCase().split(/\s+/).filter((word) => word !== '');
  /** @type {{name: string, score: number}[]} */
  const found = [];
  for (const name of names) {
    const lower = name.toLowerCase();
    if (!asked.every((word) => lower.includes(word))) continue;
    const last = lower.slice(lower.lastIndexOf('/') + 1);
    const first = asked[0] ?? '';
    const score = last.startsWith(first) ? 0 : last.includes(first) ? 1 : 2;
    found.push({ name, score });
  }
  return found.sort((a, b) => a.score - b.score || order(a.name, b.name)).map(({ name }) => name);
}

/**
 * @param {string} label
 * @param {string} path
 * @returns {Folder}
 */
function folder(label, path) {
  return { label, path, folders: [], leaves: [], size: 0 };
}

/**
 * at returns the folder of a path, and makes those above it.
 *
 * @param {Map<string, Folder>} known
 * @param {string} path
 * @returns {Folder}
 */
function at(known, path) {
  const there = known.get(path);
  if (there) return there;
  const cut = path.lastIndexOf('/');
  const parent = at(known, cut < 0 ? '' : path.slice(0, cut));
  const made = folder(path.slice(cut + 1) || '/', path);
  parent.folders.push(made);
  known.set(path, made);
  return made;
}

/** @param {Folder} node */
function count(node) {
  node.size = node.leaves.length;
  for (const below of node.folders) node.size += count(below);
  return node.size;
}

/**
 * @param {Folder} node
 * @returns {Folder}
 */
function compress(node) {
  const only = node.folders[0];
  if (only && node.folders.length === 1 && node.leaves.length === 0) {
    return compress({ ...only, label: `${node.label}/${only.label}` });
  }
  return { ...node, folders: node.folders.map(compress) };
}

/**
 * order puts names as people do: 2 before 10.
 *
 * @param {string} a
 * @param {string} b
 */
function order(a, b) {
  // Making one takes a browser longer than all else of a tree.
  collator ??= new Intl.Collator('en', { numeric: true });
  return collator.compare(a, b);
}
/** @type {Intl.Collator | undefined} */
let collator;
