// In the page: shows what belongs to the chosen resource of the dependency graph.
(() => {
  const resources = JSON.parse(document.getElementById("resources").textContent);
  const ids = Object.keys(resources);
  const details = document.getElementById("details");
  const find = document.getElementById("find-in-graph");
  const neededBy = (id) => ids.filter((other) => resources[other].needs.includes(id));

  // find-in-page.js has marked them.
  const firstFound = () => document.querySelector(".box.found");
  find.addEventListener("input", () => {
    if (firstFound()) show(firstFound().id);
  });
  find.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && firstFound()) choose(firstFound().id, true);
  });

  for (const id of ids) {
    const box = document.getElementById(id);
    box.addEventListener("click", () => choose(id));
    box.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" && event.key !== " ") return;
      event.preventDefault();
      choose(id);
    });
  }

  function choose(id, withFocus = false) {
    const related = new Set([...resources[id].needs, ...neededBy(id)]);
    for (const other of ids) {
      const { classList } = document.getElementById(other);
      classList.toggle("chosen", other === id);
      classList.toggle("related", related.has(other));
    }
    for (const line of document.querySelectorAll(".lines polyline")) {
      line.classList.toggle("lit", line.dataset.from === id || line.dataset.to === id);
    }
    show(id);
    describe(id);
    if (withFocus) document.getElementById(id).focus({ preventScroll: true });
  }

  function show(id) {
    document.getElementById(id).scrollIntoView({ block: "nearest", inline: "center" });
  }

  function describe(id) {
    const { name, urn, times, needs } = resources[id];
    details.replaceChildren(
      element("h3", name),
      element("p", `In up: ${times}`),
      ...list("Needs", needs),
      ...list("Needed by", neededBy(id)),
      element("p", urn),
    );
  }

  function list(title, of) {
    const items = of.map((id) => {
      const button = element("button", resources[id].name);
      button.addEventListener("click", () => choose(id, true));
      const item = document.createElement("li");
      item.append(button);
      return item;
    });
    const ul = document.createElement("ul");
    ul.append(...items);
    return [element("h4", `${title}: ${of.length === 0 ? "nothing" : of.length}`), ul];
  }

  function element(tag, text) {
    const made = document.createElement(tag);
    made.textContent = text;
    return made;
  }
})();
