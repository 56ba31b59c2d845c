// Drawing figures in the page's colours, for the width there is.
const NARROW_BELOW = 560, PRINT_WIDTH = 660;
const CONFIG = { displayModeBar: false, responsive: false, scrollZoom: false, doubleClick: false };
let printing = false;

const isObject = (value) => value !== null && typeof value === "object" && !Array.isArray(value);

function merged(base, patch) {
  const result = { ...base };
  for (const [key, value] of Object.entries(patch || {})) {
    result[key] = isObject(value) && isObject(result[key]) ? merged(result[key], value) : value;
  }
  return result;
}

// Colours are names in the style sheet. Only what is a colour is looked up: data may look like a name too.
function coloured(value, styles, isColour = false) {
  if (Array.isArray(value)) return value.map((item) => coloured(item, styles, isColour));
  if (isObject(value)) {
    const entries = Object.entries(value).map(([key, held]) => [key, coloured(held, styles, /colors?$/i.test(key))]);
    return Object.fromEntries(entries);
  }
  return isColour && typeof value === "string" && value.startsWith("--") ? styles.getPropertyValue(value).trim() : value;
}

function commonLayout(narrow) {
  const axis = {
    automargin: true, fixedrange: true, gridcolor: "--faint-line", zerolinecolor: "--line", linecolor: "--line",
    tickfont: { size: narrow ? 12 : 13, color: "--ink" }, title: { standoff: 10, font: { size: 13, color: "--soft" } },
  };
  return {
    paper_bgcolor: "rgba(0,0,0,0)", plot_bgcolor: "rgba(0,0,0,0)", dragmode: false, bargap: 0.32, autosize: false,
    font: { family: getComputedStyle(document.body).fontFamily, size: 13, color: "--ink" },
    margin: { l: 8, r: 14, t: 8, b: 30 }, xaxis: axis, yaxis: axis, showlegend: false,
    hoverlabel: { bgcolor: "--hover", bordercolor: "--hover", font: { color: "--hover-ink", size: 13 }, align: "left", namelength: 0 },
  };
}

// A legend as text of the page: it wraps where plotly's would not.
function writeLegend(figure, traces, styles) {
  const list = document.querySelector(`[data-legend="${figure.name}"]`);
  const items = coloured(traces.filter((trace) => trace.showlegend !== false), styles).map((trace) => {
    const item = document.createElement("li");
    const swatch = document.createElement("i");
    const ring = trace.marker.line && trace.marker.line.width;
    swatch.style.borderColor = ring ? trace.marker.line.color : trace.marker.color;
    swatch.style.backgroundColor = trace.marker.color;
    swatch.classList.toggle("round", trace.type === "scatter");
    item.append(swatch, trace.meta ?? trace.name);
    return item;
  });
  list.replaceChildren(...items);
  list.hidden = false;
}

function draw(figure) {
  const element = document.querySelector(`.plot[data-figure="${figure.name}"]`);
  const drawing = figure.drawings[chosenKey(figure.by)];
  element.hidden = !drawing;
  if (!drawing) return;
  const width = printing ? Math.min(PRINT_WIDTH, element.clientWidth || PRINT_WIDTH) : element.clientWidth;
  const narrow = width < NARROW_BELOW;
  const styles = getComputedStyle(document.documentElement);
  let layout = merged(commonLayout(narrow), drawing.layout);
  if (narrow) layout = merged(layout, drawing.narrow);
  const traces = (narrow && drawing.narrowData) || drawing.data;
  if (layout.showlegend) writeLegend(figure, traces, styles);
  element.style.minHeight = `${layout.height || 320}px`;
  Plotly.react(element, coloured(traces, styles), coloured({ ...layout, showlegend: false, width, height: layout.height || 320 }, styles), CONFIG);
  figure.width = width;
}

function drawAll() {
  page.figures.forEach(draw);
}

function redrawOnChange() {
  let waiting = 0;
  const later = () => {
    window.clearTimeout(waiting);
    waiting = window.setTimeout(drawAll, 120);
  };
  window.addEventListener("resize", () => {
    const changed = page.figures.some((figure) => {
      const element = document.querySelector(`.plot[data-figure="${figure.name}"]`);
      return !element.hidden && element.clientWidth !== figure.width;
    });
    if (changed && !printing) later();
  });
  window.matchMedia("(prefers-color-scheme: dark)").addEventListener("change", later);
  for (const [event, state] of [["beforeprint", true], ["afterprint", false]]) {
    window.addEventListener(event, () => {
      printing = state;
      drawAll();
    });
  }
}
