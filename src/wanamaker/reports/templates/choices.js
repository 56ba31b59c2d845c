// The page's data, and what the reader has chosen.
const page = JSON.parse(document.getElementById("page-data").textContent);

function valueAt(data, field, row) {
  const held = page.data[data].fields[field];
  return held.levels ? held.levels[held.codes[row]] : held.values[row];
}

function rowCount(data) {
  const [first] = page.data[data].fields;
  return first ? (first.codes || first.values).length : 0;
}

const chosenKey = (by) => by.map((key) => page.choices[key].chosen).join(",");
const chosenOption = (key) => page.choices[key].options[page.choices[key].chosen];

function choose(key, option) {
  page.choices[key].chosen = option;
  for (const select of document.querySelectorAll("select[data-choice]")) {
    if (select.dataset.choice === key) select.value = String(option);
  }
  for (const text of page.spoken) {
    if (text.by.includes(key)) document.getElementById(text.name).textContent = text.texts[chosenKey(text.by)] ?? "";
  }
  for (const table of page.tables) {
    if (table.by.some(([name]) => name === key)) fillTable(table);
  }
  for (const figure of page.figures) {
    if (figure.by.includes(key)) draw(figure);
  }
}

function listenToChoices() {
  for (const select of document.querySelectorAll("select[data-choice]")) {
    select.addEventListener("change", () => choose(select.dataset.choice, Number(select.value)));
  }
}

// CSV: quoted as RFC 4180 says; texts that a spreadsheet would take for a formula get an apostrophe.
function csvCell(value, isText) {
  if (value === null || value === undefined) return "";
  let text = String(value);
  if (isText && /^[=+\-@\t\r]/.test(text)) text = "'" + text;
  return /[",\r\n]|^\s|\s$/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

function csvOf(data) {
  const fields = page.data[data].fields;
  const lines = [fields.map((field) => csvCell(field.name, true)).join(",")];
  for (let row = 0; row < rowCount(data); row += 1) {
    lines.push(fields.map((field, place) => csvCell(valueAt(data, place, row), Boolean(field.levels))).join(","));
  }
  return lines.join("\r\n") + "\r\n";
}

function download(data) {
  const url = URL.createObjectURL(new Blob(["\ufeff", csvOf(data)], { type: "text/csv;charset=utf-8" }));
  const link = document.createElement("a");
  link.href = url;
  link.download = `${data}.csv`;
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(url), 30000);
}

function listenToDownloads() {
  for (const button of document.querySelectorAll("button[data-csv]")) {
    button.addEventListener("click", () => download(button.dataset.csv));
  }
}
