"""A transaction that may collide with another at the same moment."""

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

from django.db import IntegrityError, transaction

Arguments = ParamSpec("Arguments")
Result = TypeVar("Result")


def atomic_or_again(act: Callable[Arguments, Result]) -> Callable[Arguments, Result]:
    """
    Run a function in a transaction, and once more when another wrote the same thing first.

    The second time it finds what the other wrote. Raises IntegrityError when it does not.
    """

    @wraps(act)
    def acted(*args: Arguments.args, **kwargs: Arguments.kwargs) -> Result:
        whole = transaction.atomic(act)
        try:
            return whole(*args, **kwargs)
        except IntegrityError:
            return whole(*args, **kwargs)

    return acted
