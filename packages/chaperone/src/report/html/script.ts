/**
 * The page's only script: narrowing, ordering and opening. The page says everything without it. It reads the page's own
 * attributes as text and never builds markup or selectors from them. The policy in the page's head names its hash, so
 * nothing else can run.
 */
export const script = `
'use strict';
(() => {
  const all = (selector, from = document) => [...from.querySelectorAll(selector)];
  const by = (id) => document.getElementById(id);
  const items = all('details.finding');
  const days = all('.day');
  const controls = by('controls');
  const texts = new Map();
  const facets = new Map();
  const textOf = (item) => {
    if (!texts.has(item)) texts.set(item, item.textContent.toLowerCase());
    return texts.get(item);
  };
  const nothing = { provider: 'no provider', account: 'no account', host: 'no host', tactic: 'no tactic', rule: 'no rule' };
  const holds = (item, facet, value) =>
    facet === 'tactic' && value !== '' ? item.dataset.tactic.split(' ').includes(value) : item.dataset[facet] === value;

  function narrow() {
    const words = by('q').value.toLowerCase().split(/\\s+/).filter(Boolean);
    const least = Number(by('min').value);
    let shown = 0;
    for (const item of items) {
      const keep = Number(item.dataset.level) >= least && [...facets].every(([facet, { value }]) => holds(item, facet, value)) &&
        words.every((word) => textOf(item).includes(word));
      item.hidden = !keep;
      if (keep) shown++;
    }
    for (const day of days) day.hidden = all('details.finding', day).every((item) => item.hidden);
    const said = [...facets].map(([facet, { label, value }]) => value === '' ? nothing[facet] : facet + ' ' + label);
    by('status').textContent = 'Showing ' + shown.toLocaleString('en-US') + ' of ' + items.length.toLocaleString('en-US') + ' listed findings' + (said.length ? ': ' + said.join(', ') : '') + '.';
    by('clear').disabled = !(said.length || words.length || least);
  }

  function arrive() {
    const target = by(decodeURIComponent(location.hash.slice(1)));
    const opened = target && target.closest('details');
    if (!opened) return;
    if (opened.hidden) clear();
    opened.open = true;
    const summary = opened.querySelector('summary');
    opened.scrollIntoView({ block: 'start' });
    summary.focus({ preventScroll: true });
  }

  function clear() {
    facets.clear();
    by('q').value = '';
    by('min').value = '0';
    narrow();
  }

  if (controls) {
    controls.hidden = false;
    by('q').addEventListener('input', narrow);
    by('min').addEventListener('change', narrow);
    by('clear').addEventListener('click', () => { clear(); by('q').focus(); });
    by('open').addEventListener('click', () => { for (const item of items) if (!item.hidden) item.open = true; });
    by('close').addEventListener('click', () => { for (const item of items) item.open = false; });
    narrow();
    for (const cell of all('[data-facet]')) {
      const { facet, value } = cell.dataset;
      const button = document.createElement('button');
      button.type = 'button';
      button.className = 'count-button';
      const label = facet === 'rule' ? cell.closest('tr').querySelector('th').textContent : value;
      button.textContent = cell.textContent;
      button.setAttribute('aria-label', cell.textContent + ' findings, show those of ' + (value === '' ? nothing[facet] : facet + ' ' + label));
      button.addEventListener('click', () => {
        facets.clear();
        facets.set(facet, { value, label });
        by('q').value = '';
        by('min').value = '0';
        narrow();
        by('findings').scrollIntoView({ block: 'start' });
        by('q').focus({ preventScroll: true });
      });
      cell.replaceChildren(button);
    }
    document.addEventListener('keydown', (event) => {
      if (event.ctrlKey || event.metaKey || event.altKey || /^(INPUT|SELECT|TEXTAREA)$/.test(event.target.tagName)) return;
      const visible = items.filter((item) => !item.hidden);
      const at = visible.indexOf(event.target.closest ? event.target.closest('details.finding') : null);
      const go = event.key === 'j' ? at + 1 : event.key === 'k' ? (at === -1 ? -1 : at - 1) : undefined;
      if (event.key === '/') by('q').focus();
      else if (go !== undefined && visible[go]) {
        visible[go].querySelector('summary').focus();
        visible[go].scrollIntoView({ block: 'nearest' });
      } else return;
      event.preventDefault();
    });
  }

  for (const table of all('table[data-sortable]')) {
    const body = table.tBodies[0];
    if (!body || body.rows.length < 2) continue;
    [...table.tHead.rows[0].cells].forEach((head, column) => {
      const button = document.createElement('button');
      button.type = 'button';
      button.className = 'sort';
      button.textContent = head.textContent;
      button.addEventListener('click', () => {
        const down = head.getAttribute('aria-sort') === 'ascending';
        for (const other of head.parentNode.cells) other.removeAttribute('aria-sort');
        head.setAttribute('aria-sort', down ? 'descending' : 'ascending');
        const key = (row) => row.cells[column].textContent.trim();
        const numeric = [...body.rows].every((row) => row.cells[column].classList.contains('n'));
        const value = (row) => Number(key(row).replace(/,/g, '')) || 0;
        const rows = [...body.rows].sort((a, b) => (numeric ? value(a) - value(b) : key(a).localeCompare(key(b))) * (down ? -1 : 1));
        body.append(...rows);
      });
      head.replaceChildren(button);
    });
  }

  addEventListener('hashchange', arrive);
  if (location.hash) arrive();
})();
`;
