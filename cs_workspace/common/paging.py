"""Pages of long lists, and of the columns of boards."""

from collections.abc import Iterable
from typing import Any, Protocol

from django.core.paginator import Paginator
from django.http import HttpRequest
from django.utils.functional import cached_property


class CountedPaginator(Paginator):
    """Pages of a list whose length is known already, so that it is not counted again."""

    def __init__(self, rows: object, size: int, *, count: int) -> None:
        super().__init__(rows, size)  # type: ignore[arg-type]
        self._count = count

    @cached_property
    def count(self) -> int:
        """As counted before."""
        return self._count


class PagedColumn(Protocol):
    """A column of a board, of which one page of `pages` is shown."""

    @property
    def stage(self) -> str:
        """By what the column is known."""
        ...

    @property
    def page(self) -> int:
        """Which page is shown, from 1."""
        ...

    @property
    def pages(self) -> int:
        """How many there are."""
        ...


def with_neighbours(request: HttpRequest, columns: Iterable[PagedColumn]) -> list[dict[str, Any]]:
    """The columns, each with the addresses of the pages before and after the one that is shown, empty for none.

    The page of a column stands in the address under the name of its stage.
    """
    return [
        {
            "column": column,
            "before": _page_url(request, column.stage, column.page - 1) if column.page > 1 else "",
            "after": _page_url(request, column.stage, column.page + 1) if column.page < column.pages else "",
        }
        for column in columns
    ]


def _page_url(request: HttpRequest, stage: str, number: int) -> str:
    query = request.GET.copy()
    query[str(stage)] = str(number)
    return f"{request.path}?{query.urlencode()}"
