"""The people of the tests around one account: who owns it, who may see it, who may not."""

from dataclasses import dataclass

from django.test import Client

from accounts.models import Account, TeamMember, User
from tests.factories import AccountFactory, TeamMemberFactory, UserFactory


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
    """Writes the people and the two accounts."""
    executive = UserFactory(name="Edda Executive", as_executive=True)
    manager = UserFactory(name="Mona Manager", as_manager=True, manager=executive)
    other_manager = UserFactory(name="Otto Othermanager", as_manager=True, manager=executive)
    owner = UserFactory(name="Olga Owner", manager=manager)
    team_mate = UserFactory(name="Tim Teammate", manager=manager)
    ae = UserFactory(name="Ada Executive-Account", as_ae=True)
    read_only = UserFactory(name="Rita Readonly", manager=manager, read_only=True)
    outsider = UserFactory(name="Udo Outsider", manager=other_manager)
    account = AccountFactory(name="Halden Logistics", owner=owner)
    TeamMemberFactory(account=account, user=team_mate, role=TeamMember.Role.CSM)
    TeamMemberFactory(account=account, user=ae, role=TeamMember.Role.AE)
    TeamMemberFactory(account=account, user=read_only, role=TeamMember.Role.SUPPORT)
    return Cast(
        account=account,
        owner=owner,
        team_mate=team_mate,
        manager=manager,
        executive=executive,
        admin=UserFactory(name="Aki Admin", as_admin=True),
        ae=ae,
        read_only=read_only,
        outsider=outsider,
        other_manager=other_manager,
        strangers=AccountFactory(name="Stranger Foods", owner=outsider),
    )


def logged_in(user: User) -> Client:
    """A browser in which `user` is logged in."""
    client = Client()
    client.force_login(user)
    return client
