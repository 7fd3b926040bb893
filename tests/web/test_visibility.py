"""Every address of the workspace, walked as those who may not see what lies behind it.

A new address fails here until it is named in exactly one of four places:
- `OBJECTS` (in `tests/web/addresses.py`): its path names a record. The builder gives the path's arguments for a record
  on `cast.account`, and whoever does not see that account gets 404, by GET and by POST.
- `LISTS`: it shows records without naming one. Outsiders get the page, and nothing of `cast.account` on it.
- `KEYS`: its path holds a secret, and whoever has that may read, with a login or without.
- `HOOKS`: programs tell something there, with a secret of their own; nobody is shown anything.
- `OPEN`: it shows and changes nobody's records but one's own; the reason stands beside it.
The admin is left out by rule: nobody but admins, who see everything, enters it.
"""

from collections.abc import Iterator
from copy import deepcopy
from typing import Any

import pytest
from django.db import transaction
from django.http import HttpResponse
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from pytest_django import DjangoDbBlocker

from accounts.models import User
from accounts.queries.share_links import token_of
from accounts.queries.unsubscribing import unsubscribe_token
from accounts.services.calendar_feed import make_feed
from health.queries.survey_asks import token_of_survey
from qbr.queries.satisfaction import token_of_ask
from tests import factories as make
from tests.cast import Cast, logged_in, make_cast
from tests.web.addresses import (
    OBJECTS,
    Builder,
    answered_a_survey,
    asked_for,
    lost_and_chosen,
    moved_on,
    of_a_review,
    of_the_outbox,
    with_a_save_plan,
    with_an_advocate,
    with_an_approval,
    would_recommend_us,
)

LISTS: dict[str, Builder | None] = {
    "accounts:book": None,
    "accounts:book-export": None,
    "accounts:book-tags": None,
    "accounts:bulk": lambda cast: {"action": "tag"},
    "accounts:outbox": of_the_outbox,
    "accounts:mails-handle": lambda cast: of_the_outbox(cast) | {"verb": "approve"},
    "accounts:mails-undo": of_the_outbox,
    "accounts:mail-templates": None,
    "accounts:mail-template": lambda cast: {"pk": make.MailTemplateFactory().pk},
    "accounts:mail-template-edit": lambda cast: {"pk": make.MailTemplateFactory().pk},
    "accounts:mail-template-archive": lambda cast: {"pk": make.MailTemplateFactory().pk},
    "accounts:mail-template-restore": lambda cast: {"pk": make.MailTemplateFactory().pk},
    "accounts:sequences": None,
    "accounts:sequence": lambda cast: {"pk": make.EnrolmentFactory(account=cast.account).sequence_id},
    "accounts:sequence-switch": lambda cast: {"pk": make.SequenceFactory().pk},
    "accounts:sequence-choose": lambda cast: {"pk": make.SequenceFactory().pk},
    "accounts:playbooks": None,
    "accounts:playbook": lambda cast: {"pk": make.PlaybookRunFactory(account=cast.account).playbook_id},
    "accounts:playbook-results": lambda cast: {
        "pk": make.PlaybookResultFactory(run__account=cast.account).run.playbook_id
    },
    "accounts:playbook-edit": lambda cast: {"pk": make.PlaybookRunFactory(account=cast.account).playbook_id},
    "accounts:playbook-copy": lambda cast: {"pk": make.PlaybookFactory().pk},
    "accounts:playbook-switch": lambda cast: {"pk": make.PlaybookFactory().pk},
    "accounts:account-options": None,
    "accounts:tasks": None,
    "accounts:tasks-export": None,
    "accounts:plans": None,
    "qbr:reviews": of_a_review,
    "qbr:calendar": of_a_review,
    "qbr:export": of_a_review,
    "renewals:board": None,
    "renewals:table": None,
    "renewals:export": None,
    "renewals:calendar": None,
    "renewals:approvals": with_an_approval,
    "renewals:forecast": None,
    "renewals:forecast-past": None,
    "renewals:forecast-export": None,
    "renewals:forecast-renewals": None,
    "renewals:forecast-renewals-export": None,
    "renewals:expansion": None,
    "renewals:pipeline": None,
    "renewals:pipeline-export": None,
    "renewals:win-back": lost_and_chosen,
    "renewals:win-back-choose": lost_and_chosen,
    "renewals:campaigns": lost_and_chosen,
    "renewals:campaign-new": lost_and_chosen,
    "renewals:win-back-report": lost_and_chosen,
    "renewals:win-back-export": lost_and_chosen,
    "renewals:churn-report": None,
    "renewals:churn-export": None,
    "renewals:churn-records": None,
    "renewals:churn-records-export": None,
    "renewals:churn-lessons": None,
    "renewals:churn-untold": None,
    "renewals:churn-untold-export": None,
    "renewals:retention": None,
    "renewals:retention-export": None,
    "renewals:retention-accounts": None,
    "renewals:retention-accounts-export": None,
    "accounts:onboarding": None,
    "accounts:onboarding-export": None,
    "accounts:tasks-bulk": None,
    "accounts:tasks-team": None,
    "accounts:feature-requests": None,
    "accounts:feature-requests-export": None,
    "accounts:feature-request-options": None,
    "accounts:feature-request": asked_for,
    "accounts:feature-request-edit": asked_for,
    "accounts:feature-request-status": asked_for,
    "accounts:feature-request-merge": asked_for,
    "accounts:feature-request-unmerge": asked_for,
    "accounts:feature-ask-new": asked_for,
    "accounts:feature-step-undo": moved_on,
    "today": None,
    "accounts:notifications": None,
    "qbr:measures": None,
    "qbr:measures-export": None,
    "qbr:measured": None,
    "qbr:measured-export": None,
    "health:surveys": answered_a_survey,
    "health:surveys-unanswered": answered_a_survey,
    "health:surveys-export": answered_a_survey,
    "health:advocates": with_an_advocate,
    "health:advocates-export": with_an_advocate,
    "health:advocate-candidates": would_recommend_us,
    "health:at_risk": None,
    "health:at-risk-export": None,
    "health:interventions": with_a_save_plan,
    "health:interventions-export": with_a_save_plan,
    "health:save-results": with_a_save_plan,
    "health:save-results-export": with_a_save_plan,
    "health:disagreements": None,
    "health:disagreements-export": None,
    "health:overrides": None,
    "health:overrides-export": None,
    "health:alerts": None,
    "health:alert-quality": None,
    "health:acknowledge-alerts": None,
    "health:snooze-alerts": None,
    "health:resolve-alerts": None,
    "health:reopen-alerts": None,
    "palette": None,
    "nav-counts": None,
}

# Their own tests try expiry, revocation and what else may leak.
KEYS: dict[str, Builder] = {
    "accounts:unsubscribe": lambda cast: {"token": unsubscribe_token(make.MailFactory(account=cast.account))},
    "accounts:calendar-feed": lambda cast: {"token": make_feed(by=cast.owner)},
    "accounts:shared-onboarding": lambda cast: {"token": token_of(make.OnboardingShareFactory(account=cast.account))},
    "accounts:shared-plan": lambda cast: {"token": token_of(make.PlanShareFactory(account=cast.account))},
    "accounts:shared-plan-pdf": lambda cast: {"token": token_of(make.PlanShareFactory(account=cast.account))},
    "renewals:shared-proposal": lambda cast: {
        "token": token_of(make.ProposalShareFactory(proposal__renewal__account=cast.account))
    },
    "qbr:shared-actions": lambda cast: {"token": token_of(make.ReviewShareFactory(review__account=cast.account))},
    "health:survey": lambda cast: {"token": token_of_survey(make.SurveyAskFactory(account=cast.account))},
    "qbr:satisfaction": lambda cast: {"token": token_of_ask(make.SatisfactionAskFactory(review__account=cast.account))},
    "renewals:shared-proposal-pdf": lambda cast: {
        "token": token_of(make.ProposalShareFactory(proposal__renewal__account=cast.account))
    },
}

HOOKS: dict[str, Builder] = {
    "accounts:mail-hook": lambda _: {"route": "postmark/tracking/"},
}

OPEN: dict[str, str] = {
    "accounts:mail-template-new": "writes a template, which is everybody's; refuses all but admins",
    "accounts:mail-template-preview": "shows what is being typed, on an account of one's own",
    "accounts:mail-template-test": "sends what is being typed to oneself, on an account of one's own",
    "accounts:playbook-new": "writes a playbook, which is everybody's; refuses all but admins",
    "accounts:view-new": "keeps a view of one's own; shows only the fields of the form",
    "accounts:task-new": "makes a task of one's own; an account named by it must be seen",
    "accounts:feature-request-new": "writes down what the product lacks, which all may read; shows only the form",
    "accounts:calendar-make": "makes the address of one's own calendar",
    "accounts:calendar-revoke": "revokes the address of one's own calendar",
    "accounts:note-preview": "draws the text that one sends, and reads nothing",
    "accounts:read-notifications": "marks one's own notifications as seen",
    "login": "the door itself",
    "logout": "ends one's own session",
    "theme": "a cookie of one's own",
    "settings": "one's own settings",
    "start-own-data": "empties a demo workspace; refuses all but admins",
    "healthz": "asked by machines; says only that the process lives",
    "readyz": "asked by machines; says only which server answers",
    "health:churn-model": "figures over all accounts; refuses all but admins",
    "health:train-churn-model": "starts a training and shows nothing; refuses all but admins",
    "health:use-churn-model": "lets a version count; refuses all but admins",
    "health:stop-churn-model": "lets the tier table count; refuses all but admins",
    "health:recompute-all": "starts a run and shows nothing; refuses all but those who see everything",
    "health:recompute-book": "starts a run over one's own book",
    "health:course-options": "names of courses, which are everybody's",
    "qbr:deck-colours": "the colours of decks, which are everybody's",
    "qbr:deck-logo": "the logo on decks, which is everybody's",
    "health:metrics": "definitions, which are everybody's",
    "health:coverage": "refuses all but those who see everything",
}

# Those that answer without a session; everything else sends to the login.
PUBLIC = {*KEYS, *HOOKS, "login", "theme", "healthz", "readyz", "health:account-state"}


def patterns(resolver: URLResolver | None = None, prefix: str = "", route: str = "") -> Iterator[tuple[str, str]]:
    """Name (with its namespace) and route of every address but the admin's."""
    for entry in (resolver or get_resolver()).url_patterns:
        path = f"{route}{entry.pattern}"
        if isinstance(entry, URLResolver):
            if entry.app_name != "admin":
                yield from patterns(entry, f"{prefix}{entry.namespace}:" if entry.namespace else prefix, path)
        elif isinstance(entry, URLPattern):
            yield f"{prefix}{entry.name}" if entry.name else "", path


ADDRESSES = sorted(set(patterns()))
NAMES = [name for name, _ in ADDRESSES]
NAMED_IN_PATH = {name for name, route in ADDRESSES if "<" in route or "(?P" in route}


def arguments(name: str, cast: Cast) -> dict[str, Any]:
    """Path arguments of an address; for a list those of its builder, if it needs any."""
    builder = OBJECTS.get(name) or LISTS.get(name) or KEYS.get(name) or HOOKS.get(name)
    return builder(cast) if builder else {}


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[tuple[Cast, list[User]]]:
    """The people of the whole sweep, in a transaction around the tests of this module, and of them the strangers:
    people of every role that does not see everything, none of whom sees `cast.account`."""
    with django_db_blocker.unblock(), transaction.atomic():
        cast = make_cast()
        aliens = [make.UserFactory(name="Alien AE", as_ae=True), make.UserFactory(name="Alien reader", read_only=True)]
        yield cast, [cast.outsider, cast.other_manager, *aliens]
        transaction.set_rollback(True)


@pytest.fixture
def cast(world: tuple[Cast, list[User]], db: None) -> Cast:
    """What a test does to them is its own."""
    return deepcopy(world[0])


@pytest.fixture
def strangers(world: tuple[Cast, list[User]], db: None) -> list[User]:
    return deepcopy(world[1])


def ask(client: Client, method: str, url: str) -> HttpResponse:
    return getattr(client, method)(url)


def test_every_address_has_a_name():
    nameless = [route for name, route in ADDRESSES if not name]
    assert not nameless, f"Give these addresses a name, so that the sweep can reach them: {nameless}"


def test_every_address_is_covered_in_one_place_and_no_entry_is_stale():
    covered = [*OBJECTS, *LISTS, *KEYS, *HOOKS, *OPEN]
    missing = sorted(set(NAMES) - set(covered))
    assert not missing, (
        f"These addresses are new here: {missing}. Add each to OBJECTS (its path names a record), LISTS (it shows "
        f"records), KEYS (its path is a secret), HOOKS (programs tell something) or OPEN (it has none), in {__file__}."
    )
    stale = sorted(set(covered) - set(NAMES))
    assert not stale, f"These entries name no address any more; remove them: {stale}"
    twice = sorted({name for name in covered if covered.count(name) > 1})
    assert not twice, f"These stand in more than one place: {twice}"


def test_an_address_that_names_a_record_is_walked_as_one():
    lax = sorted(name for name in NAMED_IN_PATH if name in OPEN)
    assert not lax, f"The paths of these have arguments, so they belong into OBJECTS or LISTS: {lax}"


@pytest.mark.django_db
@pytest.mark.parametrize("name", sorted(OBJECTS))
def test_a_stranger_finds_nothing_behind_the_address_of_a_record(name: str, cast: Cast, strangers: list[User]):
    url = reverse(name, kwargs=OBJECTS[name](cast))
    for user in strangers:
        client = logged_in(user)
        got = {method: ask(client, method, url).status_code for method in ("get", "post")}
        # A view for one method answers 405 to the other before it looks; read-only users are refused before that.
        allowed = {"get": {404, 405}, "post": {404, 405} | ({403} if user.read_only else set())}
        for method, status in got.items():
            assert status in allowed[method], (
                f"{user} ({user.role}) gets {status} for {method.upper()} {url}, which names a record of an account "
                f"that is none of theirs. Fetch it through `.visible_to(request.user)`."
            )
        assert 404 in got.values() or user.read_only, f"{url} answers {got}: neither method looks for the record."


@pytest.mark.django_db
@pytest.mark.parametrize("name", sorted(OBJECTS))
def test_the_owner_does_find_it(name: str, cast: Cast):
    """Without this, a builder that names nothing would make the walk as a stranger pass."""
    url = reverse(name, kwargs=OBJECTS[name](cast))
    client = logged_in(cast.owner)
    got = {method: ask(client, method, url).status_code for method in ("get", "post")}
    assert set(got.values()) - {404, 405}, f"{name} gives {got} to the owner too: does its builder name a record?"
    assert all(status < 500 for status in got.values()), f"{url} fails: {got}"


@pytest.mark.django_db
@pytest.mark.parametrize("name", sorted(LISTS))
def test_a_list_shows_a_stranger_nothing_of_the_account(name: str, cast: Cast):
    url = reverse(name, kwargs=arguments(name, cast))
    client = logged_in(cast.outsider)
    for method in ("get", "post"):
        response = ask(client, method, url)
        assert response.status_code < 500, f"{method.upper()} {url} fails"
        body = b"".join(response.streaming_content) if response.streaming else response.content
        assert cast.account.name.encode() not in body, f"{method.upper()} {url} shows {cast.account} to a stranger."


@pytest.mark.django_db
@pytest.mark.parametrize("name", NAMES)
def test_without_a_session_every_address_leads_to_the_login(name: str, cast: Cast, client: Client):
    url = reverse(name, kwargs=arguments(name, cast))
    for method in ("get", "post"):
        response = ask(client, method, url)
        if name in PUBLIC:
            assert response.status_code < 500
        else:
            assert response.status_code == 302, f"{method.upper()} {url} answers {response.status_code} to anybody."
            assert response["Location"].startswith(reverse("login")), url


@pytest.mark.django_db
@pytest.mark.parametrize("name", sorted(OBJECTS))
def test_a_key_of_no_record_is_not_found_either(name: str, cast: Cast):
    given = OBJECTS[name](cast)
    numbers = {key: 9_000_000_000 for key, value in given.items() if isinstance(value, int)}
    if not numbers:
        pytest.skip("its path names the record by another key")
    url = reverse(name, kwargs=given | numbers)
    client = logged_in(cast.admin)
    got = [ask(client, method, url).status_code for method in ("get", "post")]
    assert set(got) <= {404, 405}, f"{url} answers {got}"


@pytest.mark.django_db
@pytest.mark.parametrize("name", sorted(KEYS))
def test_a_secret_that_was_changed_opens_nothing(name: str, cast: Cast, client: Client):
    given = KEYS[name](cast)
    assert client.get(reverse(name, kwargs=given)).status_code == 200
    for key, value in given.items():
        for wrong in (f"{value}a", value[:-1], value[::-1], "x"):
            assert client.get(reverse(name, kwargs=given | {key: wrong})).status_code == 404, wrong


def test_only_admins_enter_the_admin(cast: Cast):
    for user in (cast.owner, cast.manager, cast.executive, cast.ae, cast.read_only):
        assert logged_in(user).get(reverse("admin:index")).status_code == 302
    assert logged_in(cast.admin).get(reverse("admin:index")).status_code == 200
