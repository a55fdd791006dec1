// A field for a commune proposes names as one types; its hidden twin takes the INSEE code.

const PAUSE = 150;

for (const field of document.querySelectorAll('[data-commune]')) propose(field);
locate(document.querySelector('[data-locate]'));

function propose(field) {
  const chosen = document.getElementById(field.dataset.commune);
  const list = document.createElement('datalist');
  list.id = `${field.id}-communes`;
  field.after(list);
  field.setAttribute('list', list.id);
  let timer, known = new Map();

  field.addEventListener('input', () => {
    chosen.value = known.get(field.value) ?? '';
    forget(field.form, 'latitude', 'longitude');
    clearTimeout(timer);
    if (!chosen.value && field.value.trim().length > 1) timer = setTimeout(ask, PAUSE);
  });

  async function ask() {
    const answer = await fetch(`/api/v1/communes?limit=8&text=${encodeURIComponent(field.value.trim())}`);
    if (!answer.ok) return;
    const { items } = await answer.json();
    known = new Map(items.map((one) => [`${one.name} (${one.post_codes[0] ?? one.department})`, one.insee]));
    list.replaceChildren(...[...known.keys()].map((text) => Object.assign(document.createElement('option'), { value: text })));
    chosen.value = known.get(field.value) ?? '';
  }
}

function locate(button) {
  if (!button || !navigator.geolocation) return;
  const said = document.querySelector('[data-locate-said]');
  button.hidden = false;
  button.addEventListener('click', () => {
    navigator.geolocation.getCurrentPosition(({ coords }) => {
      const form = button.form;
      forget(form, 'place', 'insee');
      form.elements.latitude.value = coords.latitude.toFixed(3);
      form.elements.longitude.value = coords.longitude.toFixed(3);
      form.requestSubmit();
    }, () => { said.textContent = said.dataset.refused; }, { timeout: 10000, maximumAge: 600000 });
  });
}

function forget(form, ...names) {
  for (const name of names) if (form.elements[name]) form.elements[name].value = '';
}
