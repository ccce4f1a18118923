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
