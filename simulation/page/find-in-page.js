// In the page: a search field marks its items, found where they have every word, else missed.
for (const field of document.querySelectorAll("[data-finds]")) {
  const items = [...document.querySelectorAll(field.dataset.finds)];
  const count = document.querySelector(`output[for="${field.id}"]`);

  field.addEventListener("input", () => {
    const words = field.value.toLowerCase().split(/\s+/).filter(Boolean);
    const isSearch = words.length > 0;
    let matches = 0;
    for (const item of items) {
      const text = item.textContent.toLowerCase();
      const isMatch = words.every((word) => text.includes(word));
      item.classList.toggle("found", isSearch && isMatch);
      item.classList.toggle("missed", !isMatch);
      if (isMatch) matches += 1;
    }
    count.textContent = isSearch ? `${matches} of ${items.length}` : "";
  });
}
