"""What all encoders have in common: fitted on training rows alone, one interface, kept without pickle."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Self

import polars as pl

from wanamaker.base.errors import DataError, FileReadError, ParameterError, SchemaError
from wanamaker.base.estimator import Estimator
from wanamaker.base.frames import to_kind
from wanamaker.base.parameters import check, check_known
from wanamaker.base.storage import new_directory, read_json, write_json
from wanamaker.events.reading import read_table

if TYPE_CHECKING:
    import os
    from collections.abc import Mapping, Sequence

    from wanamaker.base.parameters import Constraint

_VERSION = 1
_FILE = "encoder.json"


class Encoder(Estimator):
    """Turns categorical columns into numeric ones.

    A subclass says which columns it reads (`_reads`), what its features are called (`_names`), and how
    to learn (`_learn`), to apply (`_apply`), and to write down what was learned (`_state`, `_restore`).
    """

    kind: ClassVar[str]
    _constraints: ClassVar[Mapping[str, Constraint]] = {}

    # --- What a caller uses ------------------------------------------------------------------------

    @property
    def feature_names_(self) -> list[str]:
        """The names of the new columns, in order."""
        return self._names()

    def fit(self, train: Any) -> Self:
        """Learn from training rows.

        Parameters
        ----------
        train
            A table of any kind, or its path. Rows that are not for training must not be in it.

        Raises
        ------
        SchemaError
            If a column is missing, or of a type whose values cannot be told apart.
        DataError
            If there is no row, or a value cannot be used.
        """
        self._validate()
        self._learn(self._training(train))
        return self

    def features(self, table: Any) -> pl.DataFrame:
        """Return the new columns alone, as Polars, one row per row of the table."""
        return self._apply(self._fitted_frame(table))

    def transform(self, table: Any) -> Any:
        """Return the table with the new columns; rows, their order and other columns stay.

        Parameters
        ----------
        table
            A table of any kind, or its path.

        Returns
        -------
        table
            Of the caller's kind; polars for a path.

        Raises
        ------
        SchemaError
            If a column is missing or holds another type than in training, or a feature's name is taken.
        ParameterError
            If the encoder is not fitted.
        """
        self._require_fitted()
        native = read_table(table, ids=self._ids())
        return to_kind(self._joined(native.frame, self._apply(native.frame)), native.kind)

    def fit_transform(self, train: Any) -> Any:
        """Fit on training rows, and return them with the new columns."""
        self._validate()
        native = read_table(train, ids=self._ids())
        self._refuse_taken(native.frame)
        self._refuse_empty(native.frame)
        return to_kind(self._joined(native.frame, self._learn_and_apply(native.frame)), native.kind)

    def save(self, path: str | os.PathLike[str], *, overwrite: bool = False) -> None:
        """Write the fitted encoder into a directory: JSON and parquet.

        Raises
        ------
        OutputError
            If the directory holds something and may not be replaced, or cannot be written.
        """
        self._require_fitted()
        values, tables = self._state()
        with new_directory(Path(path), overwrite=overwrite) as folder:
            content = {
                "version": _VERSION,
                "kind": self.kind,
                "parameters": self._plain_parameters(),
                "fitted": values,
                "tables": list(tables),
            }
            write_json(folder / _FILE, content)
            for name, table in tables.items():
                table.write_parquet(folder / f"{name}.parquet")

    @classmethod
    def load(cls, path: str | os.PathLike[str]) -> Self:
        """Return the encoder that `save` wrote.

        Raises
        ------
        FileReadError
            If the directory is incomplete, or holds an encoder of another kind.
        """
        content = read_content(path)
        if content["kind"] != cls.kind:
            message = f"A {cls.kind!r} encoder was expected in {str(path)!r}. Got {content['kind']!r}."
            raise FileReadError(message, hint="load_encoder loads encoders of every kind.")
        check_known(f"parameter of {cls.__name__}", content["parameters"], cls._parameter_names())
        made = cls(**content["parameters"])
        tables = {name: _table(Path(path) / f"{name}.parquet") for name in content["tables"]}
        made._restore(content["fitted"], tables)
        return made

    # --- What a subclass fills in ------------------------------------------------------------------

    def _reads(self) -> list[str]:
        """Return the columns that training reads."""
        raise NotImplementedError

    def _ids(self) -> list[str]:
        """Return the columns that hold categories."""
        raise NotImplementedError

    def _names(self) -> list[str]:
        raise NotImplementedError

    def _learn(self, frame: pl.DataFrame) -> None:
        raise NotImplementedError

    def _apply(self, frame: pl.DataFrame) -> pl.DataFrame:
        raise NotImplementedError

    def _learn_and_apply(self, frame: pl.DataFrame) -> pl.DataFrame:
        self._learn(frame)
        return self._apply(frame)

    def _state(self) -> tuple[dict[str, Any], dict[str, pl.DataFrame]]:
        raise NotImplementedError

    def _restore(self, values: dict[str, Any], tables: Mapping[str, pl.DataFrame]) -> None:
        raise NotImplementedError

    def _is_fitted(self) -> bool:
        raise NotImplementedError

    # --- Inside ------------------------------------------------------------------------------------

    def _validate(self) -> None:
        check(type(self).__name__, self.get_params(deep=False), self._constraints)
        self._names()

    def _training(self, train: Any) -> pl.DataFrame:
        frame = read_table(train, self._reads(), ids=self._ids()).frame
        self._refuse_empty(frame)
        return frame

    def _refuse_empty(self, frame: pl.DataFrame) -> None:
        if frame.is_empty():
            message = f"{type(self).__name__} learns from at least one row. Got none."
            raise DataError(message, hint="Check the filter or the split that made the training rows.")

    def _require_fitted(self) -> None:
        if not self._is_fitted():
            message = f"{type(self).__name__} is not fitted."
            raise ParameterError(message, hint="Call fit(train) or fit_transform(train) first.")

    def _fitted_frame(self, table: Any) -> pl.DataFrame:
        self._require_fitted()
        return read_table(table, ids=self._ids()).frame

    def _refuse_taken(self, frame: pl.DataFrame) -> None:
        taken = [name for name in self._names() if name in frame.columns]
        if taken:
            message = f"The table already has a column {taken[0]!r}, which is the name of a feature."
            raise SchemaError(message, hint="Drop or rename it, or take features(table) alone.")

    def _joined(self, frame: pl.DataFrame, made: pl.DataFrame) -> pl.DataFrame:
        self._refuse_taken(frame)
        return frame.with_columns(made.get_columns())

    def _plain_parameters(self) -> dict[str, Any]:
        return {name: _plain(value) for name, value in self.get_params(deep=False).items()}


def read_content(path: str | os.PathLike[str]) -> dict[str, Any]:
    """Return what an encoder's JSON file says.

    Raises
    ------
    FileReadError
        If it is absent, no JSON, or written by another release.
    """
    content: dict[str, Any] = read_json(Path(path) / _FILE)
    if content.get("version") != _VERSION:
        message = f"The encoder's 'version' must be {_VERSION}. Got {content.get('version')!r}."
        raise FileReadError(message, hint="It was written by another release of wanamaker.")
    return content


def columns_of(keys: Sequence[Sequence[str]]) -> list[str]:
    """Return the columns of all keys, each once.

    Examples
    --------
    >>> columns_of([("ip",), ("ip", "app")])
    ['ip', 'app']
    """
    return list(dict.fromkeys(name for key in keys for name in key))


def _table(path: Path) -> pl.DataFrame:
    try:
        return pl.read_parquet(path)
    except (OSError, pl.exceptions.PolarsError) as error:
        message = f"{str(path)!r} cannot be read as parquet: {str(error).splitlines()[0]}."
        raise FileReadError(
            message, hint="The directory was not written whole; save the encoder again."
        ) from error


def _plain(value: Any) -> Any:
    from datetime import timedelta

    from wanamaker.base.durations import duration_text

    if isinstance(value, timedelta):
        return duration_text(value)
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    if isinstance(value, dict):
        return {key: _plain(one) for key, one in value.items()}
    return value.item() if hasattr(value, "item") else value
