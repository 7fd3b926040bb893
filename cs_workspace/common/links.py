"""Addresses of pages by name: what Django finds anew for every link is found once, and the keys are put in.

A page of rows links to several hundred addresses, all made of few patterns. To reverse each took longer than to answer
the page's largest query.
"""

from collections.abc import Sequence
from functools import lru_cache
from typing import Final

from django.urls import NoReverseMatch, get_script_prefix, reverse

# Keys that no record has, long enough to be found again in an address.
_STANDING_IN: Final = (918273645001, 918273645002, 918273645003, 918273645004)


def link(name: str, *args: int | str, current_app: str | None = None) -> str:
    """The address of the page `name`, as `reverse` gives it.

    Raises `NoReverseMatch` where there is none for such `args`.
    """
    keys = [one for one in args if type(one) is int and one >= 0]
    texts = tuple(None if type(one) is int and one >= 0 else str(one) for one in args)
    pattern = _pattern(name, texts, current_app, get_script_prefix())
    if pattern is None:
        return reverse(name, args=args, current_app=current_app)
    return pattern[0] + "".join([f"{key}{part}" for key, part in zip(keys, pattern[1:], strict=True)])


@lru_cache(maxsize=4096)
def _pattern(name: str, texts: Sequence[str | None], current_app: str | None, prefix: str) -> tuple[str, ...] | None:
    """What stands around the keys in an address; None where it cannot be told. `texts` are the arguments, None for
    each key. The `prefix` is part of every address."""
    stand_ins = iter(_STANDING_IN)
    try:
        args = [next(stand_ins) if text is None else text for text in texts]
        rest = reverse(name, args=args, current_app=current_app)
    except (NoReverseMatch, StopIteration):
        return None
    parts = []
    for stand_in in args:
        if isinstance(stand_in, int):
            part, found, rest = rest.partition(str(stand_in))
            if not found:
                return None
            parts.append(part)
    return (*parts, rest)
