"use strict";
(function () {
  const root = document.documentElement;
  root.classList.add("js");
  const all = (selector, within) => Array.from((within || document).querySelectorAll(selector));

  // Attributes and options hold one text at a time; both languages stand beside them.
  function say(lang) {
    root.lang = lang;
    all("[data-label-en]").forEach((one) => one.setAttribute("aria-label", one.getAttribute("data-label-" + lang)));
    all("[data-hint-en]").forEach((one) => one.setAttribute("placeholder", one.getAttribute("data-hint-" + lang)));
    all("option[data-en]").forEach((one) => { one.textContent = one.getAttribute("data-" + lang); });
    document.title = root.getAttribute("data-title-" + lang);
    all("button[data-language]").forEach((one) => one.setAttribute("aria-pressed", String(one.dataset.language === lang)));
  }
  all("button[data-language]").forEach((one) => one.addEventListener("click", () => say(one.dataset.language)));
  say(root.lang);

  // Tables are sorted by a column; the order in which they came is back with the third click.
  const value = (cell) => {
    const text = cell ? cell.innerText.trim() : "";
    const number = parseFloat(text.replace(/,/g, "").replace(/^[^\d+−-]*(?=[\d.])/, "").replace("−", "-"));
    return /^\D{0,12}[\d.]/.test(text) && !/^\d{4}-\d\d/.test(text) && !Number.isNaN(number) ? number : text;
  };
  const compare = (a, b) => typeof a === typeof b
    ? (typeof a === "number" ? a - b : a.localeCompare(b, root.lang))
    : (typeof a === "number" ? -1 : 1);
  function sort(table, place, heads, head) {
    const state = { none: "descending", descending: "ascending", ascending: "none" }[head.getAttribute("aria-sort") || "none"];
    heads.forEach((one) => one.removeAttribute("aria-sort"));
    const bodies = Array.from(table.tBodies);
    const grouped = bodies.length > 1;
    const items = grouped ? bodies : Array.from(bodies[0].rows);
    items.forEach((one, at) => { if (!one.dataset.at) one.dataset.at = String(at); });
    const row = (one) => grouped ? one.rows[0] : one;
    const sign = state === "descending" ? -1 : 1;
    items.sort((a, b) => state === "none" ? a.dataset.at - b.dataset.at
      : sign * compare(value(row(a).cells[place]), value(row(b).cells[place])) || a.dataset.at - b.dataset.at);
    if (state !== "none") head.setAttribute("aria-sort", state);
    items.forEach((one) => one.parentElement.appendChild(one));
  }
  all("main table").forEach((table) => {
    const bodies = table.tBodies;
    if (!table.tHead || bodies.length + (bodies[0] ? bodies[0].rows.length : 0) < 4) return;
    const heads = Array.from(table.tHead.rows[0].cells);
    if (heads[0].tagName !== "TH") return;
    heads.forEach((head, place) => {
      if (head.tagName !== "TH") return;
      const button = document.createElement("button");
      button.type = "button";
      button.className = "sort";
      while (head.firstChild) button.appendChild(head.firstChild);
      head.appendChild(button);
      button.addEventListener("click", () => sort(table, place, heads, head));
    });
  });

  // What is folded is printed, too, and folded again afterwards.
  window.addEventListener("beforeprint", () => all("details:not([open])").forEach((one) => { one.open = true; one.dataset.printed = ""; }));
  window.addEventListener("afterprint", () => all("details[data-printed]").forEach((one) => { one.open = false; delete one.dataset.printed; }));

  const form = document.querySelector("form.filters");
  if (!form) return;
  const visits = all(".visits tbody");
  const texts = visits.map((one) => one.textContent.toLowerCase());
  const shown = all("[data-shown]");
  const nothing = document.getElementById("nothing");
  const listed = (one, name, value) => !value || one.getAttribute("data-" + name) === value;

  function filter() {
    const words = form.elements.search.value.toLowerCase().split(/\s+/).filter(Boolean);
    let number = 0;
    visits.forEach((one, place) => {
      const fits = listed(one, "outcome", form.elements.outcome.value)
        && listed(one, "agency", form.elements.agency.value)
        && listed(one, "place", form.elements.place.value)
        && (!form.elements.rule.value || one.getAttribute("data-rules").split(" ").includes(form.elements.rule.value))
        && words.every((word) => texts[place].includes(word));
      one.hidden = !fits;
      number += fits ? 1 : 0;
    });
    shown.forEach((one) => { one.textContent = number.toLocaleString("en-US"); });
    nothing.hidden = number > 0;
  }
  form.addEventListener("input", filter);
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("reset", () => setTimeout(filter, 0));
  const open = (state) => () => visits.forEach((one) => all("details", one).forEach((each) => { each.open = state; }));
  document.getElementById("open-all").addEventListener("click", open(true));
  document.getElementById("close-all").addEventListener("click", open(false));
  filter();
})();
