"""Pages of long lists."""

from django.core.paginator import Paginator
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
