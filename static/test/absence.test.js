// Absences: which divider says that the server was restarted.
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { Intake } from '../js/keeper/intake.js';
import { Store } from '../js/keeper/store.js';

const nothing = () => {};

/** dividers lets an intake hear of some absences, with a line behind each, and returns what is told of them. */
function dividers(hears) {
  const store = new Store({ rows: 1000, text: 1 << 20 });
  const intake = new Intake(store, { arrived: nothing, complete: nothing, changed: nothing, rotated: nothing, fresh: nothing, again: nothing });
  intake.begin(['a'], 10);
  intake.caught('a', 0);
  let off = 0;
  const line = () => intake.lines('a', { lines: ['x'], base: `cccccca${'x'.repeat(10)}A`, off: [off++], continues: false, time: 0 });
  line();
  hears(intake, line);
  const all = [];
  for (let seq = store.first; seq < store.end; seq++) {
    const divider = store.divider(seq);
    if (divider?.kind === 'reconnected') all.push(Boolean(divider.renewed));
  }
  return all;
}

test('a restart is told where the connection to the new server begins', () => {
  const cut = (intake, line) => { intake.reconnected(100, 'cut'); line(); };
  // The new server is met while there is no connection yet: it is the absence under way.
  assert.deepEqual(dividers((intake, line) => {
    cut(intake, line);
    intake.renewed('retrying');
    cut(intake, line);
    cut(intake, line);
  }), [false, true, false]);
  // It is met when the connection is there again.
  assert.deepEqual(dividers((intake, line) => {
    cut(intake, line);
    cut(intake, line);
    intake.renewed('live');
    cut(intake, line);
  }), [false, true, false]);
});
