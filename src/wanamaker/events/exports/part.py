"""What one downloaded file holds, in canonical columns."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, TypeVar

import numpy as np
import polars as pl

from wanamaker.base.errors import DataError, ParameterError, SchemaError
from wanamaker.events.exports.column import Column, Names
from wanamaker.events.exports.lines import first_lines, lines_of
from wanamaker.events.exports.money import told_currencies
from wanamaker.events.exports.names import MICROS, MONEY, NUMBERS, ORDER, TEXTS, folded
from wanamaker.events.exports.numbers import decimal_of, decimals_of, read_numbers
from wanamaker.events.exports.rows import Rows, stands_for_hidden
from wanamaker.events.exports.totals import Sums, Total

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from wanamaker.events.exports.cells import Cells
    from wanamaker.events.exports.columns import Roles
    from wanamaker.events.exports.days import Days
    from wanamaker.events.exports.encoding import Text
    from wanamaker.events.exports.header import Header

Cellular = TypeVar("Cellular", Column, Names)
SKIPPED = {"file": pl.String, "line": pl.Int64, "reason": pl.String, "text": pl.String}
_MICRO = 1e6
_SHOWN = 1_000


@dataclass(frozen=True, slots=True)
class Options:
    """How files are read; see `wanamaker.read_search_terms`."""

    columns: Mapping[str, str | int] = field(default_factory=dict)
    more: Mapping[str, str | int] = field(default_factory=dict)
    dates: str | None = "auto"
    decimal: str = "auto"
    currency: str | None = None
    encoding: str = "auto"
    longest: int = 2048

    def __post_init__(self) -> None:
        if self.decimal not in ("auto", ".", ","):
            message = f"The 'decimal' parameter must be 'auto', '.' or ','. Got {self.decimal!r}."
            raise ParameterError(message)


@dataclass(frozen=True, slots=True)
class Part:
    """What one file holds."""

    path: str
    table: pl.DataFrame
    hidden: pl.DataFrame
    skipped: pl.DataFrame
    totals: list[Total]
    sums: Sums
    currencies: list[tuple[str, str]]
    header: Header
    roles: Roles
    encoding: str
    decimal: str
    date_form: str | None
    bounds: dict[str, int]


@dataclass
class Reader:
    """The steps from cells to a part, with what they share."""

    cells: Cells
    rows: Rows
    columns: dict[str, Names | Column]
    header: Header
    roles: Roles
    options: Options
    signs: list[tuple[str, str]] = field(default_factory=list)
    bounds: dict[str, int] = field(default_factory=dict)

    def part(self, text: Text, days: Days | None) -> Part:
        """Return the part."""
        numeric = {name: column for name, column in self.columns.items() if isinstance(column, Column)}
        decimal = self.options.decimal
        if decimal == "auto":
            decimal = decimal_of(numeric, self.cells.where)
        held = {name: self._number(name, column, decimal) for name, column in numeric.items()}
        if days is not None:
            held["date"] = self._data(days.values)
        table, rest = self._frames(held)
        counted = [name for name in numeric if name in NUMBERS]
        return Part(
            path=self.cells.path,
            table=table,
            hidden=rest,
            skipped=self._skipped(text),
            totals=self._totals({name: numeric[name] for name in counted}, decimal),
            sums=Sums(_summed(table, counted), _summed(rest, counted), len(table) + len(rest)),
            currencies=self._currencies(),
            header=self.header,
            roles=self.roles,
            encoding=text.encoding,
            decimal=decimal,
            date_form=None if days is None else days.form,
            bounds=self.bounds,
        )

    def _where(self, row: int) -> str:
        return self.cells.where(int(self.rows.data[row]))

    def _where_of(self, rows: Sequence[int], number: int) -> str:
        return self.cells.where(rows[number])

    def _first_rows(self) -> bool:
        """Tell whether the data are the first rows, so that nothing has to be gathered."""
        data = self.rows.data
        return len(data) == 0 or int(data[-1]) == len(data) - 1

    def _data(self, series: pl.Series) -> pl.Series:
        data = self.rows.data
        return series.head(len(data)) if self._first_rows() else series.gather(data)

    def _cells(self, column: Cellular) -> Cellular:
        data = self.rows.data
        return column.take(slice(len(data)) if self._first_rows() else data.to_numpy().astype(np.int64))

    def _number(self, name: str, column: Column, decimal: str) -> pl.Series:
        """Return a column of numbers of the rows that are data."""
        read = read_numbers(self._cells(column), decimal, name, self._where)
        if read.bounds:
            self.bounds[name] = read.bounds
        source = repr(self.header.names[self.roles.places[name]])
        if read.shares and name in NUMBERS:
            message = (
                f"{self.cells.path!r}: counts or amounts were expected as {name}. {source} holds percent."
            )
            raise SchemaError(message, hint=f'Say which column it is: columns={{"{name}": "…"}}.')
        if read.signs and name in NUMBERS:
            self._money(name, read.signs, column)
        values = read.values / _MICRO if self._micros(name) else read.values
        negative = values < 0
        if name != "value" and name in NUMBERS and negative.any():
            row = int(negative.arg_max() or 0)
            message = f"{self._where(row)}: {name} must not be negative. Got {self._cells(column)[row]!r}."
            raise DataError(message, hint="Mend or leave out the row.")
        return values.alias(name)

    def _micros(self, name: str) -> bool:
        source = folded(self.header.names[self.roles.places[name]])
        return name == "cost" and (MICROS in self.options.columns or "micros" in source)

    def _money(self, name: str, signs: tuple[str, ...], column: Column) -> None:
        for sign in signs:
            found = self._cells(column).texts().str.contains(sign, literal=True)
            place = self._where(int(found.arg_max() or 0))
            if name not in MONEY:
                message = (
                    f"{place}: a plain number was expected in the column of {name}. Got one with {sign!r}."
                )
                raise DataError(message, hint="Mend or leave out the row.")
            self.signs.append((sign, place))

    def _frames(self, numbers: Mapping[str, pl.Series]) -> tuple[pl.DataFrame, pl.DataFrame]:
        """Return the rows that are data in canonical columns: those that show a term, and the others."""
        texts = {
            name: self._cells(column)
            for name, column in self.columns.items()
            if name in TEXTS and isinstance(column, Names)
        }
        terms = texts["term"]
        self._check_length(terms)
        hidden = terms.marked(stands_for_hidden(terms.distinct))
        whole = pl.DataFrame([*numbers.values(), self._data(self.cells.lines).alias("line")])
        if not hidden.any():
            return self._frame(whole, texts), self._frame(whole.clear(), _taken(texts, hidden))
        rest = pl.Series(hidden)
        return (
            self._frame(whole.filter(~rest), _taken(texts, ~hidden)),
            self._frame(whole.filter(rest), _taken(texts, hidden)),
        )

    def _frame(self, numbers: pl.DataFrame, texts: Mapping[str, Names]) -> pl.DataFrame:
        named = [names.told(names.distinct).alias(name) for name, names in texts.items()]
        place = pl.repeat(self.cells.path, len(numbers), dtype=pl.String, eager=True).alias("file")
        held = {column.name: column for column in (*numbers, *named, place)}
        order = (*ORDER, *self.options.more, "file", "line")
        return pl.DataFrame([held[name] for name in order if name in held])

    def _check_length(self, terms: Names) -> None:
        longest = self.options.longest
        if int(terms.distinct.str.len_bytes().max() or 0) <= longest:  # type: ignore[arg-type]
            return
        long = terms.marked((terms.distinct.str.len_chars() > longest).fill_null(value=False))
        if long.any():
            row = int(long.argmax())
            term = terms[row] or ""
            message = (
                f"{self._where(row)}: a term of at most {longest:,} characters was expected. "
                f"Got one of {len(term):,}: {term[:60]!r}…"
            )
            hint = f"A quote may be missing. longest={len(term)} takes it as it is."
            raise DataError(message, hint=hint)

    def _totals(self, columns: Mapping[str, Column], decimal: str) -> list[Total]:
        told: dict[str, dict[int, float | None]] = {}
        decimals = {}
        for name, column in columns.items():
            rows = [row for row, label in self.rows.totals.items() if column[row].strip() != label]
            cells = column.take(np.array(rows, dtype=np.int64))
            read = read_numbers(cells, decimal, name, partial(self._where_of, rows)).values
            told[name] = dict(zip(rows, read / _MICRO if self._micros(name) else read, strict=True))
            decimals[name] = self._decimals(name, cells, column, decimal)
        made = []
        for row, label in self.rows.totals.items():
            values = {name: value for name, one in told.items() if (value := one.get(row)) is not None}
            made.append(Total(self.cells.path, int(self.cells.lines[row]), label, values, decimals))
        return made

    def _decimals(self, name: str, totals: Column, column: Column, decimal: str) -> int:
        """Return to how many decimals the file rounds a column."""
        shown = pl.concat([totals.texts(), self._cells(column).take(slice(_SHOWN)).texts()])
        return decimals_of(shown, decimal) + (6 if self._micros(name) else 0)

    def _currencies(self) -> list[tuple[str, str]]:
        column = self.columns.get("currency")
        found = list(self.signs)
        if self.roles.currency is not None:
            found.append((self.roles.currency, f"{self.cells.path!r}, line {self.header.line}"))
        told = self._cells(column) if isinstance(column, Names) else None
        return told_currencies(told, found, self.options.currency, self._where)

    def _skipped(self, text: Text) -> pl.DataFrame:
        reasons = dict.fromkeys(range(1, self.header.line), "preamble")
        reasons |= {int(self.cells.lines[row]): reason for row, reason in self.rows.skipped.items()}
        lines = sorted(reasons)
        below = [line for line in lines if line > self.header.line]
        texts = lines_of(text.data, below, self.cells.count)
        texts |= dict(enumerate(first_lines(text.data, self.header.line), 1))
        rows = [(text.path, line, reasons[line], texts[line]) for line in lines]
        return pl.DataFrame(rows, schema=SKIPPED, orient="row")


def _taken(texts: Mapping[str, Names], rows: NDArray[np.bool_]) -> dict[str, Names]:
    return {name: names.take(rows) for name, names in texts.items()}


def _summed(frame: pl.DataFrame, names: list[str]) -> dict[str, float]:
    return {name: float(frame[name].sum()) for name in names}
