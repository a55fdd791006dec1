// The photo that was chosen, shown before it is sent; what is too large is said before it travels.

for (const field of document.querySelectorAll('[data-preview]')) {
  const shown = document.getElementById(field.dataset.preview);
  field.addEventListener('change', () => {
    const [file] = field.files;
    shown.hidden = true;
    field.setCustomValidity(file && file.size > field.dataset.largest ? field.dataset.tooLarge : '');
    if (!file || !field.reportValidity()) return;
    const reader = new FileReader();
    reader.addEventListener('load', () => { shown.src = reader.result; shown.hidden = false; });
    reader.readAsDataURL(file);
  });
}
