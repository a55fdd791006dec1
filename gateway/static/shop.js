// A shop gains by script: a running total, buttons for more and less, a filter that answers at once.
// The total is the services' own formula (contracts/money.py): each line half up, then the sum.

/** Cents of one line: whole numbers only, halves up. */
export function lineCents(price, quantity, times, per) {
  const numerator = BigInt(price) * BigInt(quantity) * BigInt(times), denominator = BigInt(per);
  return Number((2n * numerator + denominator) / (2n * denominator));
}

/** Pieces, grams or millilitres of what a field says; nothing of what is no number. */
export function quantityOf(text, scale) {
  const number = Number(String(text).replace(',', '.'));
  return Number.isFinite(number) && number > 0 ? Math.round(number * scale) : 0;
}

/** Lower case without accents, as the server folds the words of each offer. */
export function folded(text) {
  return text.toLowerCase().replaceAll('œ', 'oe').replaceAll('æ', 'ae').normalize('NFD').replace(/\p{M}/gu, '');
}

const form = document.querySelector('form.shop');
if (form) {
  const fields = [...form.querySelectorAll('.quantity input')];
  const standing = [...form.querySelectorAll('[data-standing]')];
  const money = new Intl.NumberFormat(document.documentElement.lang, { style: 'currency', currency: form.dataset.total });
  for (const field of fields) addSteps(field);
  for (const one of standing) one.closest('.offer').classList.add('chosen');
  form.addEventListener('input', (event) => event.target.id === 'words' ? filter() : total());
  form.addEventListener('keydown', (event) => {
    if (event.key === 'Enter' && event.target.matches('#words, .quantity input')) event.preventDefault();
  });
  addEventListener('pageshow', total);
  total();

  function total() {
    const sum = form.querySelector('[data-sum]');
    if (!sum) return;
    let cents = standing.reduce((sum, one) => sum + Number(one.dataset.standing), 0), lines = standing.length;
    for (const field of fields) {
      const { price, times, per, scale } = field.dataset;
      const quantity = quantityOf(field.value, Number(scale));
      field.closest('.offer').classList.toggle('chosen', quantity > 0);
      if (quantity) { lines += 1; cents += lineCents(price, quantity, times, per); }
    }
    if (lines) cents += Number(form.dataset.fee);
    sum.hidden = lines === 0;
    sum.querySelector('[data-count]').textContent = lines;
    sum.querySelector('[data-cents]').value = money.format(cents / 100);
  }

  function filter() {
    const words = folded(form.elements.words.value).split(/\s+/).filter(Boolean).map(cut);
    let found = 0;
    for (const shelf of form.querySelectorAll('.shelf')) {
      let shown = 0;
      for (const offer of shelf.querySelectorAll('.offer')) {
        offer.hidden = !words.every((word) => offer.dataset.words.includes(word));
        shown += !offer.hidden;
      }
      shelf.hidden = shown === 0;
      found += shown;
    }
    const said = form.querySelector('[data-found]');
    const text = said.dataset.found.replace('{found}', found).replace('{all}', form.querySelectorAll('.offer').length);
    said.textContent = words.length ? text : '';
  }

  function cut(word) {
    return word.length > 3 && /[sx]$/.test(word) ? word.slice(0, -1) : word;
  }

  function addSteps(field) {
    const name = field.labels[0].textContent;
    field.before(step(field, -1, '−', `− ${name}`));
    field.parentElement.append(step(field, 1, '+', `+ ${name}`));
  }

  function step(field, sign, sign_text, name) {
    const button = Object.assign(document.createElement('button'), { type: 'button', className: 'step', textContent: sign_text, ariaLabel: name });
    button.addEventListener('click', () => {
      const size = Number(field.step), least = Number(field.dataset.least), most = Number(field.max || Infinity);
      const now = quantityOf(field.value, 1000) / 1000;
      let next = Math.round((now + sign * size) * 1000) / 1000;
      if (next < least) next = sign > 0 ? least : 0;
      if (next > most) return;
      field.value = next || '';
      total();
    });
    return button;
  }
}
