// An unknown outcome: the same form with the same key is sent again by itself, ever more slowly.

const form = document.querySelector('[data-again]');
const tries = Number(form?.dataset.again ?? 0);
if (form && tries <= 10) {
  setTimeout(() => form.requestSubmit(), Math.min(1500 * tries, 10000));
}
