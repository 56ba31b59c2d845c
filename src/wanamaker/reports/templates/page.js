// Where the reader is, shown in the contents; then everything is set going.
function followReader() {
  const links = new Map([...document.querySelectorAll(".contents a")].map((link) => [link.hash.slice(1), link]));
  const bar = document.querySelector(".contents");
  const mark = (name) => {
    for (const [key, link] of links) {
      if (key === name) link.setAttribute("aria-current", "true");
      else link.removeAttribute("aria-current");
    }
    const link = links.get(name);
    if (link && bar.scrollWidth > bar.clientWidth) bar.scrollTo({ left: link.offsetLeft - 40 });
  };
  const seen = new Set();
  const observer = new IntersectionObserver((entries) => {
    for (const { target, isIntersecting } of entries) {
      if (isIntersecting) seen.add(target.id);
      else seen.delete(target.id);
    }
    const current = [...links.keys()].find((name) => seen.has(name));
    if (current) mark(current);
  }, { rootMargin: "-12% 0px -70% 0px" });
  document.querySelectorAll("main section").forEach((section) => observer.observe(section));
}

listenToChoices();
listenToDownloads();
page.tables.forEach(listenToTable);
followReader();
if (page.figures.length) {
  drawAll();
  redrawOnChange();
}
document.documentElement.dataset.ready = "true";
