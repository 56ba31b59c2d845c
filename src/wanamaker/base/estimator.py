"""Estimators keep their settings as they were given: get, set, clone and show them."""

from __future__ import annotations

import inspect
from typing import Any, Self

from wanamaker.base.parameters import check_known


class Estimator:
    """What every object that is fitted has in common; scikit-learn's contract without importing it.

    ``__init__`` of a subclass only stores its parameters under their own names; what ``fit`` learns
    ends in ``_``. ``sklearn.base.clone`` works on it.
    """

    @classmethod
    def _parameter_names(cls) -> list[str]:
        names = list(inspect.signature(cls.__init__).parameters)
        return [name for name in names if name != "self"]

    def get_params(self, deep: bool = True) -> dict[str, Any]:  # noqa: FBT001, FBT002 (scikit-learn's signature)
        """Return the parameters by name; with ``deep`` also those of estimators among them."""
        told = {name: getattr(self, name) for name in self._parameter_names()}
        inner = {
            f"{name}__{key}": value
            for name, held in told.items()
            if deep and isinstance(held, Estimator)
            for key, value in held.get_params().items()
        }
        return {**told, **inner}

    def set_params(self, **parameters: Any) -> Self:
        """Set parameters by name, and return the estimator.

        Raises
        ------
        ParameterError
            If a name is not known.
        """
        known = self.get_params()
        check_known(f"parameter of {type(self).__name__}", parameters, known)
        for name, value in parameters.items():
            owner, _, inner = name.partition("__")
            if inner:
                getattr(self, owner).set_params(**{inner: value})
            else:
                setattr(self, name, value)
        return self

    def __repr__(self) -> str:
        signature = inspect.signature(type(self).__init__).parameters
        told = {name: getattr(self, name) for name in self._parameter_names()}
        changed = [
            f"{name}={value!r}" for name, value in told.items() if value is not signature[name].default
        ]
        return f"{type(self).__name__}({', '.join(changed)})"
