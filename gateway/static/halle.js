// What every page gains by script: names of fields in the summary of faults, a button that prints.

for (const place of document.querySelectorAll('[data-label-of]')) {
  const field = document.getElementById(place.dataset.labelOf);
  const label = field && (field.labels?.[0] ?? field.querySelector('legend'));
  if (label) place.textContent = `– ${label.firstChild.textContent.trim()}`;
}

for (const button of document.querySelectorAll('[data-print]')) {
  button.hidden = false;
  button.addEventListener('click', () => window.print());
}
