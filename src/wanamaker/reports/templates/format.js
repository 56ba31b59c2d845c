// Numbers as people read them; the same, to the last digit, as reports/numbers.py.
const NOTHING = "–", NARROW = "\u202f";

function number(value, decimals) {
  if (value === null || !Number.isFinite(value)) return NOTHING;
  if (Math.abs(value) >= 1e15) decimals = 0;
  const text = Math.abs(value).toLocaleString("en-US", {
    minimumFractionDigits: decimals,
    maximumFractionDigits: decimals,
  });
  return value < 0 && /[1-9]/.test(text) ? "−" + text : text;
}

function fittingDecimals(value) {
  const size = Math.abs(value);
  if (size >= 100 || size === 0) return 0;
  if (size >= 1) return size >= 10 ? 1 : 2;
  return Math.min(6, 1 - Math.floor(Math.log10(size)));
}

function percent(share, decimals) {
  if (share === null || !Number.isFinite(share)) return NOTHING;
  if (share > 0 && share < 0.0005 && decimals === 1) return `<0.1${NARROW}%`;
  return `${number(share * 100, decimals)}${NARROW}%`;
}

function small(value) {
  if (value === 0) return "0";
  const [digits, power] = value.toExponential(1).split("e");
  return `${digits}e${power[0]}${power.slice(1).padStart(2, "0")}`.replaceAll("-", "−");
}

function written(value, column) {
  if (value === null) return NOTHING;
  switch (column.kind) {
    case "number": return number(value, column.decimals);
    case "figure": return number(value, fittingDecimals(value));
    case "percent": return percent(value, column.decimals);
    case "parts": return number(value * 100, column.decimals);
    case "points": return `${number(value * 100, column.decimals)}${NARROW}pp`;
    case "small": return small(value);
    default: return String(value);
  }
}

function interval(low, high, column) {
  if (low === null || high === null) return NOTHING;
  const ends = [written(low, column), written(high, column)];
  const unit = `${NARROW}%`;
  if (column.kind === "percent" && ends[0].endsWith(unit)) ends[0] = ends[0].slice(0, -unit.length);
  return ends.join(" – ");
}
