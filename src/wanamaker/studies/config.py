"""Reading a study: a TOML file in which every key is known."""

from __future__ import annotations

import tomllib
from typing import TYPE_CHECKING, Any, TypeVar, get_args

from pydantic import BaseModel, ConfigDict, ValidationError

from wanamaker.base.errors import FileReadError, ParameterError, nearest

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from pydantic_core import ErrorDetails


class Section(BaseModel):
    """A part of a study; unknown keys are errors."""

    model_config = ConfigDict(extra="forbid", frozen=True)


Study = TypeVar("Study", bound=Section)


def starting_at(folder: Path, path: str) -> str:
    """Return a path, or an address such as ``s3://``, that no longer depends on the current directory."""
    return path if "://" in path else str((folder / path).resolve())


def read_study(path: Path, settings: Iterable[str] = ()) -> dict[str, Any]:
    """Read a study file and apply ``key=value`` settings to it.

    Raises
    ------
    FileReadError
        If the file is absent or is no TOML.
    ParameterError
        If a setting has no ``=``.
    """
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        message = f"A study file was expected at {str(path)!r}: {error.strerror}."
        raise FileReadError(
            message, hint="Give the path of a TOML file that begins with kind = 'clicks', for example."
        ) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        message = f"{str(path)!r} cannot be read as TOML: {error}."
        raise FileReadError(
            message, hint="TOML takes one key = value per line; text stands in quotes."
        ) from error
    return with_settings(content, settings)


def with_settings(content: Mapping[str, Any], settings: Iterable[str]) -> dict[str, Any]:
    """Return the study with ``section.key=value`` settings in place; values are TOML, else text.

    Examples
    --------
    >>> with_settings({}, ["attribution.bootstrap=50", "report.title=Spring"])
    {'attribution': {'bootstrap': 50}, 'report': {'title': 'Spring'}}
    """
    changed = _copied(content)
    for setting in settings:
        key, equals, text = setting.partition("=")
        if not equals or not key.strip():
            message = f"A setting must be key=value. Got {setting!r}."
            raise ParameterError(message, hint="Write --set attribution.bootstrap=50.")
        *sections, last = key.strip().split(".")
        place = changed
        for section in sections:
            place = place.setdefault(section, {})
            if not isinstance(place, dict):
                message = f"{key.strip()!r} goes through {section!r}, which is a value and no section."
                raise ParameterError(message)
        place[last] = _value(text.strip())
    return changed


def validated(model: type[Study], content: Mapping[str, Any], where: str) -> Study:
    """Return the content as a study.

    Raises
    ------
    ParameterError
        For the first key that is unknown, missing, or has a value that is not allowed.
    """
    try:
        return model.model_validate(content)
    except ValidationError as error:
        problems = sorted(error.errors(), key=lambda problem: problem["type"] != "extra_forbidden")
        raise _parameter_error(model, problems[0], where) from error


def without_nulls(content: Any) -> Any:
    """Leave out what is None, which TOML cannot say.

    Examples
    --------
    >>> without_nulls({"a": None, "b": {"c": 1, "d": None}})
    {'b': {'c': 1}}
    """
    if isinstance(content, dict):
        return {key: without_nulls(value) for key, value in content.items() if value is not None}
    return [without_nulls(value) for value in content] if isinstance(content, list) else content


def _copied(content: Mapping[str, Any]) -> dict[str, Any]:
    return {key: _copied(value) if isinstance(value, dict) else value for key, value in content.items()}


def _value(text: str) -> Any:
    try:
        return tomllib.loads(f"value = {text}")["value"]
    except tomllib.TOMLDecodeError:
        return text


def _parameter_error(model: type[Section], problem: ErrorDetails, where: str) -> ParameterError:
    steps = [str(step) for step in problem["loc"]]
    key = ".".join(steps)
    if problem["type"] == "extra_forbidden":
        known = _keys_at(model, steps[:-1])
        return ParameterError(f"{where}: {key!r} is no known key.", hint=nearest(steps[-1], known))
    if problem["type"] == "missing":
        return ParameterError(
            f"{where}: the key {key!r} is missing.",
            hint=f"Write {steps[-1]} = … under [{'.'.join(steps[:-1])}].",
        )
    told = problem["msg"].removeprefix("Value error, ")
    if not steps:  # of the study as a whole, which is too long to be shown
        return ParameterError(f"{where}: {told}.")
    return ParameterError(f"{where}: {key!r}: {told}. Got {problem['input']!r}.")


def _keys_at(model: type[Section], steps: list[str]) -> list[str]:
    """Return the keys that the section at these steps knows."""
    for step in steps:
        if step not in model.model_fields:  # a choice among types, which names the type it tried
            continue
        annotation = model.model_fields[step].annotation
        candidates = [annotation, *get_args(annotation)]
        model = next(kind for kind in candidates if isinstance(kind, type) and issubclass(kind, Section))
    return list(model.model_fields)
