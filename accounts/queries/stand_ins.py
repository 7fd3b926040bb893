"""A stand-in for the person who looks, for statements that are put together once: `cs_workspace.common.compiled`."""

from accounts.models import User
from cs_workspace.common.compiled import some_keys


def some_user(role: str, *, is_active: bool, team_size: int) -> User:
    """A user of whom the key and those of the team are stand-ins: `some_keys(1 + team_size)`, the own one first."""
    pk, *team_ids = some_keys(1 + team_size)
    user = User(pk=pk, role=role, is_active=is_active)
    user.team_ids = team_ids
    return user
