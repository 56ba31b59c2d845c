// Sorting tables, and filling those that follow the reader's choices.
const SHORT = 18;
const collator = new Intl.Collator("en", { numeric: true, sensitivity: "base" });
const elementOf = (table) => document.querySelector(`table[data-table="${table.name}"]`);

function sortable(table, column, row) {
  const value = valueAt(table.data, column.at, row);
  if (column.kind !== "rank") return value;
  const rank = Number.parseInt(value, 10);
  return Number.isNaN(rank) ? null : rank;
}

// Rows without a value stay last, whichever way the others go.
function compare(first, second, direction) {
  if (first === null || second === null) return (first === null) - (second === null);
  const order = typeof first === "string" ? collator.compare(first, second) : first - second;
  return direction * order;
}

function sortRows(table) {
  const { sorted } = table;
  const body = elementOf(table).tBodies[0];
  const rows = [...body.rows];
  const place = (row) => Number(row.dataset.row);
  rows.sort((first, second) => {
    if (!sorted) return place(first) - place(second);
    const values = [first, second].map((row) => sortable(table, table.columns[sorted.column], place(row)));
    return compare(values[0], values[1], sorted.direction) || place(first) - place(second);
  });
  rows.forEach((row, at) => row.classList.toggle("more", at >= table.shown));
  body.append(...rows);
}

function sortBy(table, column, title) {
  const textual = ["text", "name", "chips", "rank"].includes(table.columns[column].kind);
  const first = textual ? 1 : -1;
  const again = table.sorted && table.sorted.column === column;
  table.sorted = { column, direction: again ? -table.sorted.direction : first };
  const direction = table.sorted.direction > 0 ? "ascending" : "descending";
  for (const head of elementOf(table).tHead.rows[0].cells) {
    head.setAttribute("aria-sort", Number(head.dataset.column) === column ? direction : "none");
  }
  sortRows(table);
  document.getElementById("announcer").textContent = `Sorted by ${title}, ${direction}`;
}

function cellOf(table, column, row) {
  const value = valueAt(table.data, column.at, row);
  const cell = document.createElement(column.kind === "name" ? "th" : "td");
  cell.className = ["text", "name", "chips"].includes(column.kind) ? "text" : "number";
  cell.classList.toggle("rank", column.kind === "rank");
  if (column.kind === "name") {
    cell.scope = "row";
    cell.title = value;
  }
  if (column.heat !== null && value !== null) {
    cell.classList.add("heat");
    cell.classList.toggle("below", value / column.heat < 0);
    cell.style.setProperty("--heat", String(Math.min(1, Math.abs(value / column.heat))));
  }
  const upper = column.upper;
  cell.textContent = upper === null ? written(value, column) : interval(value, valueAt(table.data, upper, row), column);
  if (column.kind === "text") cell.classList.toggle("short", [...cell.textContent].length <= SHORT);
  return cell;
}

function fillTable(table) {
  const rows = [];
  for (let row = 0; row < rowCount(table.data); row += 1) {
    if (!table.by.every(([key, field]) => valueAt(table.data, field, row) === chosenOption(key))) continue;
    const line = document.createElement("tr");
    line.dataset.row = String(row);
    line.append(...table.columns.map((column) => cellOf(table, column, row)));
    rows.push(line);
  }
  elementOf(table).tBodies[0].replaceChildren(...rows);
  sortRows(table);
  labelAll(table, rows.length);
}

function labelAll(table, count) {
  const button = document.querySelector(`button[data-all="${table.name}"]`);
  const open = elementOf(table).classList.contains("open");
  button.hidden = count <= table.shown;
  button.textContent = open ? `Show the first ${table.shown} rows` : `Show all ${count} rows`;
  button.setAttribute("aria-expanded", String(open));
}

function listenToTable(table) {
  const element = elementOf(table);
  for (const head of element.tHead.rows[0].cells) {
    const button = head.querySelector("button");
    button.addEventListener("click", () => sortBy(table, Number(head.dataset.column), button.textContent));
  }
  labelAll(table, element.tBodies[0].rows.length);
  document.querySelector(`button[data-all="${table.name}"]`).addEventListener("click", () => {
    element.classList.toggle("open");
    labelAll(table, element.tBodies[0].rows.length);
  });
}
