// What the pages do beyond reading: find an entry, cite with the page's own address, search from a disk.
"use strict";

// A page opened from a disk may not read its neighbors, which excerpts in search results would need.
if (location.protocol === "file:" && typeof DOCUMENTATION_OPTIONS !== "undefined") {
  DOCUMENTATION_OPTIONS.SHOW_SEARCH_SUMMARY = false;
}

function filterEntries(form) {
  const field = form.querySelector("input");
  const count = form.querySelector("[role=status]");
  const groups = [...document.querySelectorAll("article section section")].filter(
    (section) => section.querySelector("section"),
  );
  const entries = groups.flatMap((group) => [...group.querySelectorAll(":scope > section")]);
  const texts = entries.map((entry) => entry.textContent.toLowerCase());
  const update = () => {
    const words = field.value.toLowerCase().split(/\s+/).filter(Boolean);
    entries.forEach((entry, i) => (entry.hidden = !words.every((word) => texts[i].includes(word))));
    groups.forEach((group) => (group.hidden = !group.querySelector(":scope > section:not([hidden])")));
    const left = entries.filter((entry) => !entry.hidden).length;
    count.textContent = words.length ? `${left} of ${entries.length}` : `${entries.length} entries`;
  };
  field.addEventListener("input", update);
  form.addEventListener("submit", (event) => event.preventDefault());
  form.hidden = false;
  update();
}

document.querySelectorAll(".entry-filter").forEach(filterEntries);

// Where the site has an address of its own, a citation names it.
if (location.protocol.startsWith("http")) {
  const root = new URL(document.documentElement.dataset.content_root, location.href);
  document.querySelectorAll(".chart-address").forEach((place) => {
    place.textContent = new URL(place.textContent, root).href;
  });
}

// Labels that hide the words to be seen would be other words to say for who speaks to the page.
document
  .querySelectorAll(".search-button-field, details.hide > summary")
  .forEach((element) => element.removeAttribute("aria-label"));
