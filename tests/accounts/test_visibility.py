"""Who sees which account: `visible_to` against the plain rule, over reporting lines of every shape."""

import pytest
from django.db import connection
from django.http import Http404
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from accounts.models import Account, Contact, Task, TeamMember, User
from accounts.queries.accounts import get_account_for
from cs_workspace.common import clock
from tests.cast import Cast
from tests.factories import AccountFactory, ContactFactory, TaskFactory, TeamMemberFactory, UserFactory

PEOPLE = 7


@st.composite
def organisations(draw):
    """Roles, managers (rings among them too) and who owns, helps with or left behind which account."""
    person = st.integers(0, PEOPLE - 1)
    return {
        "roles": draw(st.lists(st.sampled_from(User.Role.values), min_size=PEOPLE, max_size=PEOPLE)),
        "active": draw(st.lists(st.sampled_from([True, True, True, False]), min_size=PEOPLE, max_size=PEOPLE)),
        "managers": draw(st.lists(st.none() | person, min_size=PEOPLE, max_size=PEOPLE)),
        "accounts": draw(
            st.lists(st.tuples(st.none() | person, st.sets(person, max_size=3), st.booleans()), min_size=1, max_size=8)
        ),
    }


def sees(organisation: dict, who: int, account: tuple) -> bool:
    """The rule of product.md §1, said slowly."""
    owner, team, archived = account
    if archived or not organisation["active"][who]:
        return False
    role = organisation["roles"][who]
    if role in (User.Role.EXECUTIVE, User.Role.ADMIN):
        return True
    books = below(organisation, who, {who}) if role == User.Role.MANAGER else {who}
    return owner in books or bool(team & books)


def below(organisation: dict, who: int, known: set[int]) -> set[int]:
    for person, manager in enumerate(organisation["managers"]):
        if manager == who and person != who and person not in known:
            known = below(organisation, person, known | {person})
    return known


class TestVisibility(TestCase):
    @settings(max_examples=60, deadline=None)
    @given(organisations())
    def test_is_the_same_as_the_plain_rule_for_every_person_and_account(self, organisation):
        people = User.objects.bulk_create(
            [
                User(email=f"{n}@x.example", name=str(n), role=role, is_active=active)
                for n, (role, active) in enumerate(zip(organisation["roles"], organisation["active"], strict=True))
            ]
        )
        for n, manager in enumerate(organisation["managers"]):
            if manager is not None and manager != n:
                User.objects.filter(pk=people[n].pk).update(manager=people[manager])
        accounts = []
        for owner, team, archived in organisation["accounts"]:
            account = AccountFactory(
                owner=None if owner is None else people[owner], archived_at=clock.now() if archived else None
            )
            TeamMember.objects.bulk_create([TeamMember(account=account, user=people[n], role="support") for n in team])
            accounts.append(account)
        for n, person in enumerate(User.objects.filter(pk__in=[person.pk for person in people]).order_by("pk")):
            seen = set(Account.objects.visible_to(person).values_list("pk", flat=True))
            expected = {
                account.pk
                for account, described in zip(accounts, organisation["accounts"], strict=True)
                if sees(organisation, n, described)
            }
            assert seen == expected, f"person {n} of {organisation}"


def test_a_ring_of_managers_ends(db):
    first = UserFactory(as_manager=True)
    second = UserFactory(as_manager=True, manager=first)
    first.manager = second
    first.save()
    account = AccountFactory(owner=second)
    assert list(Account.objects.visible_to(User.objects.get(pk=first.pk))) == [account]


def test_an_account_is_listed_once_however_many_roles_one_has_on_it(cast: Cast):
    TeamMemberFactory(account=cast.account, user=cast.owner, role=TeamMember.Role.SPONSOR)
    TeamMemberFactory(account=cast.account, user=cast.owner, role=TeamMember.Role.SUPPORT)
    assert list(Account.objects.visible_to(cast.owner)) == [cast.account]


def test_what_hangs_on_an_account_is_seen_by_those_who_see_the_account(cast: Cast):
    contact, task = ContactFactory(account=cast.account), TaskFactory(account=cast.account)
    for user in cast.insiders:
        assert list(Contact.objects.visible_to(user)) == [contact]
        assert list(Task.objects.visible_to(user)) == [task]
    for user in (cast.outsider, cast.other_manager):
        assert not Contact.objects.visible_to(user).exists()
        assert not Task.objects.visible_to(user).exists()


def test_the_door_is_shut_to_outsiders_as_if_there_were_no_account(cast: Cast):
    assert get_account_for(cast.manager, cast.account.pk) == cast.account
    with pytest.raises(Http404):
        get_account_for(cast.outsider, cast.account.pk)
    with pytest.raises(Http404):
        get_account_for(cast.outsider, 2**62)


@pytest.mark.django_db
def test_the_books_of_a_team_are_found_by_index_and_not_by_reading_every_account():
    """Read as `owner OR IN (subquery)` PostgreSQL scans the whole table: 50,000 accounts for a CSM with 50."""
    owners = [UserFactory() for _ in range(20)]
    AccountFactory.create_batch(20, owner=owners[0])
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO accounts_account (created_at, updated_at, source, external_id, version, name, domain,"
            " industry, country, time_zone, segment_pinned, stage, status, is_trial, owner_id, tags, currency,"
            " seasonal, low_season_months, strategic, custom, arr, health_tier, health_trend, health_reason,"
            " open_alerts)"
            " SELECT now(), now(), '', '', 1, 'Filler ' || n, '', '', '', 'UTC', false, 'adopting', 'active', false,"
            " %s, '{}', 'EUR', false, '{}', false, '{}', 0, '', '', '', 0 FROM generate_series(1, 20000) n",
            [owners[1].pk],
        )
        cursor.execute("ANALYZE accounts_account")
    plan = Account.objects.visible_to(owners[0]).order_by().explain()
    assert "Seq Scan on accounts_account" not in plan, plan
