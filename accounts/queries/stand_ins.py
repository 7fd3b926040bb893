"""A stand-in for the person who looks, for statements that are put together once: `cs_workspace.common.compiled`."""

from dataclasses import dataclass
from typing import Self

from accounts.models import User
from cs_workspace.common.compiled import some_keys


@dataclass(frozen=True)
class Viewer:
    """What of the person who looks decides how a statement is put together; the keys are filled in by each run."""

    role: str
    is_active: bool
    team_size: int

    @classmethod
    def of(cls, user: User) -> Self:
        """The viewer that a user is; at most one query, for the team."""
        return cls(user.role, user.is_active, len(user.team_ids))

    @property
    def user(self) -> User:
        """The stand-in: of the user's fields only role, `is_active`, key and `team_ids` may be asked."""
        return some_user(self.role, is_active=self.is_active, team_size=self.team_size)

    def further_keys(self, count: int) -> list[int]:
        """Stand-ins for so many keys that a run gives behind those of `keys_of`."""
        own = 1 + self.team_size
        return some_keys(own + count)[own:]


def keys_of(user: User) -> list[int]:
    """What a run fills in for the keys of a `Viewer`."""
    return [user.pk, *user.team_ids]


def some_user(role: str, *, is_active: bool, team_size: int) -> User:
    """A user of whom the key and those of the team are stand-ins: `some_keys(1 + team_size)`, the own one first."""
    pk, *team_ids = some_keys(1 + team_size)
    user = User(pk=pk, role=role, is_active=is_active)
    user.team_ids = team_ids
    return user
