"""From the demo to one's own data: the company goes, and the admin who sent it away becomes the owner's first user."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import transaction

from accounts.models import User
from cs_workspace.web.demo import MAIL_DOMAIN
from cs_workspace.web.demo.loading import empty_workspace


@dataclass(frozen=True)
class Identity:
    """Who the admin of the demo really is."""

    name: str
    email: str
    password: str


def plays_a_part(user: User) -> bool:
    """Whether the user came with the demo, so that their password stands on the login page."""
    return user.email.lower().endswith(f"@{MAIL_DOMAIN}")


@transaction.atomic
def start_own_data(*, by: User, identity: Identity | None) -> None:
    """Empties the demo workspace and gives the admin their own name, address and password, if they play a part in it.

    Raises `DemoError` like `empty_workspace`, and `ValueError` where a user of the demo would keep its password.
    """
    if identity is None and plays_a_part(by):
        raise ValueError("A user of the demo needs an identity of their own: the demo's password is no secret.")
    empty_workspace(by=by)
    if identity is not None:
        by.name, by.email, by.title = identity.name, identity.email, ""
        by.set_password(identity.password)
        by.save(update_fields=["name", "email", "title", "password"])
