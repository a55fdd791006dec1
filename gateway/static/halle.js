// What every page gains by script: names of fields in the summary of faults, a button that prints, a list that is
// searched while one types, accents and case apart. A page of something under way is shown anew once, when it is done.

for (const place of document.querySelectorAll('[data-label-of]')) {
  const field = document.getElementById(place.dataset.labelOf);
  const label = field && (field.labels?.[0] ?? field.querySelector('legend'));
  if (label) place.textContent = `– ${label.firstChild.textContent.trim()}`;
}

for (const button of document.querySelectorAll('[data-print]')) {
  button.hidden = false;
  button.addEventListener('click', () => window.print());
}

/** As shop.js folds words: lower case without accents. */
const folded = (text) =>
  text.toLowerCase().replaceAll('œ', 'oe').replaceAll('æ', 'ae').normalize('NFD').replace(/\p{M}/gu, '');

for (const field of document.querySelectorAll('[data-filter]')) {
  const rows = [...document.querySelector(field.dataset.filter).children];
  field.hidden = false;
  field.querySelector('input').addEventListener('input', (event) => {
    const wanted = folded(event.target.value).trim().split(/\s+/);
    for (const row of rows) row.hidden = !wanted.every((word) => folded(row.dataset.words).includes(word));
  });
}

const UNDER_WAY = 'data-under-way', PAUSE = 1000;

if (document.querySelector(`[${UNDER_WAY}]`)) setTimeout(lookAgain, PAUSE);

async function lookAgain() {
  const page = await fetch(location.href).then((answer) => answer.ok ? answer.text() : UNDER_WAY, () => UNDER_WAY);
  if (page.includes(UNDER_WAY)) setTimeout(lookAgain, PAUSE);
  else location.replace(location.href);
}
