"""Who stands above whom, as services that tell people read it."""

from collections.abc import Iterator, Mapping

from accounts.models import User


def line_above(user: User | None, people: Mapping[int, User]) -> Iterator[User]:
    """The active people above, nearest first; a ring in the reporting lines ends it."""
    seen: set[int] = set()
    while user is not None and user.manager_id and user.manager_id not in seen:
        seen.add(user.manager_id)
        user = people.get(user.manager_id)
        if user is not None and user.is_active:
            yield user
