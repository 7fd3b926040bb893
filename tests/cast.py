"""The people of the tests around one account: who owns it, who may see it, who may not."""

from dataclasses import dataclass

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.test import Client

from accounts.models import Account, TeamMember, User
from tests.factories import AccountFactory, UserFactory


@dataclass(frozen=True)
class Cast:
    """`account` belongs to `owner`; `insiders` see it, and all of them but `read_only` may change it.

    `outsider` is a CSM of another team with an account of their own, `strangers`; `other_manager` is their manager.
    """

    account: Account
    owner: User
    team_mate: User
    manager: User
    executive: User
    admin: User
    ae: User
    read_only: User
    outsider: User
    other_manager: User
    strangers: Account

    @property
    def insiders(self) -> list[User]:
        return [self.owner, self.team_mate, self.manager, self.executive, self.admin, self.ae, self.read_only]


def make_cast() -> Cast:
    """Writes the people and the two accounts, in few statements: most tests begin with it."""
    executive, admin, ae = User.objects.bulk_create(
        [
            UserFactory.build(name="Edda Executive", as_executive=True),
            UserFactory.build(name="Aki Admin", as_admin=True),
            UserFactory.build(name="Ada Executive-Account", as_ae=True),
        ]
    )
    manager, other_manager = User.objects.bulk_create(
        [
            UserFactory.build(name="Mona Manager", as_manager=True, manager=executive),
            UserFactory.build(name="Otto Othermanager", as_manager=True, manager=executive),
        ]
    )
    owner, team_mate, read_only, outsider = User.objects.bulk_create(
        [
            UserFactory.build(name="Olga Owner", manager=manager),
            UserFactory.build(name="Tim Teammate", manager=manager),
            UserFactory.build(name="Rita Readonly", manager=manager, read_only=True),
            UserFactory.build(name="Udo Outsider", manager=other_manager),
        ]
    )
    account, strangers = Account.objects.bulk_create(
        [
            AccountFactory.build(name="Halden Logistics", owner=owner),
            AccountFactory.build(name="Stranger Foods", owner=outsider),
        ]
    )
    team = {team_mate: TeamMember.Role.CSM, ae: TeamMember.Role.AE, read_only: TeamMember.Role.SUPPORT}
    TeamMember.objects.bulk_create(TeamMember(account=account, user=user, role=role) for user, role in team.items())
    return Cast(
        account=account,
        owner=owner,
        team_mate=team_mate,
        manager=manager,
        executive=executive,
        admin=admin,
        ae=ae,
        read_only=read_only,
        outsider=outsider,
        other_manager=other_manager,
        strangers=strangers,
    )


def logged_in(user: User) -> Client:
    """A browser in which `user` is logged in: with the session that a login leaves, and without its eleven questions
    to the database, as most tests begin so and few are about it."""
    session = SessionStore()
    session.update(
        {
            SESSION_KEY: str(user.pk),
            BACKEND_SESSION_KEY: settings.AUTHENTICATION_BACKENDS[0],
            HASH_SESSION_KEY: user.get_session_auth_hash(),
        }
    )
    session.create()
    client = Client()
    client.cookies[settings.SESSION_COOKIE_NAME] = session.session_key
    return client
