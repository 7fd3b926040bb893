"""The checkpoints on the page of a renewal."""

import pytest
from django.urls import reverse

from accounts.models import Segment
from renewals.models import RenewalCheckpoint
from tests.cast import logged_in
from tests.factories import RenewalCheckpointFactory, RenewalFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def checkpoint(cast):
    """The data say on track; nobody has spoken yet."""
    return RenewalCheckpointFactory(account=cast.account)


def sent(checkpoint, what="assess", **fields):
    kind = "decision" if what == "decide" else "checkpoint"
    usual = {"risk": "on_track", "words": "They told me", "plan": "", "version": checkpoint.version}
    return {f"{kind}-{checkpoint.days}-{name}": value for name, value in (usual | fields).items()}


def post(user, checkpoint, what="assess", **fields):
    address = reverse(f"renewals:checkpoint-{what}", args=[checkpoint.pk])
    return logged_in(user).post(address, sent(checkpoint, what, **fields))


def page(user, checkpoint):
    return logged_in(user).get(reverse("renewals:checkpoints", args=[checkpoint.renewal_id]))


def test_it_shows_the_three_judgements_side_by_side(cast, checkpoint):
    text = page(cast.owner, checkpoint).content.decode()
    assert [text.count(f"<dt>{title}</dt>") for title in ("The data", "CSM", "Final word")] == [1, 1, 1]
    assert "180 days before" in text
    assert "Save the assessment" in text


def test_the_csm_assesses_it(cast, checkpoint):
    answer = post(cast.owner, checkpoint)
    assert (answer.status_code, answer.url) == (302, f"/renewals/{checkpoint.renewal_id}/")
    checkpoint.refresh_from_db()
    assert (checkpoint.assessed, checkpoint.final, checkpoint.assessed_by) == ("on_track", "on_track", cast.owner)


@pytest.mark.parametrize("who", ["owner", "team_mate", "manager", "executive", "admin"])
def test_who_looks_after_it_or_leads_them_may_assess(cast, checkpoint, who):
    assert post(getattr(cast, who), checkpoint).status_code == 302


@pytest.mark.parametrize("who", ["ae", "read_only"])
def test_the_others_see_it_without_a_button_and_may_not(cast, checkpoint, who):
    user = getattr(cast, who)
    assert "Save the assessment" not in page(user, checkpoint).content.decode()
    assert post(user, checkpoint).status_code == 403


def test_an_outsider_finds_nothing(cast, checkpoint):
    assert [page(cast.outsider, checkpoint).status_code, post(cast.outsider, checkpoint).status_code] == [404, 404]
    assert post(cast.outsider, checkpoint, "decide").status_code == 404


@pytest.mark.parametrize("what", ["assess", "decide"])
def test_it_is_said_by_post_only(cast, checkpoint, what):
    address = reverse(f"renewals:checkpoint-{what}", args=[checkpoint.pk])
    assert logged_in(cast.owner).get(address).status_code == 405


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"risk": "at_risk"}, "at risk needs an action plan"),
        ({"risk": ""}, "Choose how it stands."),
        ({"risk": "lost"}, "Select a valid choice"),
        ({"plan": "x" * 5000}, "at most 4000 characters"),
        ({"version": "x"}, "Enter a whole number"),
    ],
)
def test_what_makes_no_sense_is_said_by_its_field_and_what_was_typed_stays(cast, checkpoint, fields, words):
    answer = post(cast.owner, checkpoint, **fields)
    assert answer.status_code == 422
    if "version" not in fields:
        assert words in answer.content.decode()
    assert "They told me" in answer.content.decode()


def test_watching_is_no_choice_at_the_last_checkpoint(cast):
    late = RenewalCheckpointFactory(account=cast.account, days=90)
    assert "Watching" not in page(cast.owner, late).content.decode()
    assert post(cast.owner, late, risk="watching").status_code == 422


def test_where_they_differ_the_manager_decides_and_the_csm_may_not(cast, checkpoint):
    post(cast.owner, checkpoint, risk="at_risk", plan="Call the sponsor")
    checkpoint.refresh_from_db()
    assert "A manager decides" in page(cast.owner, checkpoint).content.decode()
    assert post(cast.owner, checkpoint, "decide").status_code == 403
    assert ">Decide<" in page(cast.manager, checkpoint).content.decode()
    assert post(cast.manager, checkpoint, "decide", words="").status_code == 422
    assert post(cast.manager, checkpoint, "decide", risk="on_track").status_code == 302
    checkpoint.refresh_from_db()
    assert (checkpoint.final, checkpoint.decided_by, checkpoint.final_words) == (
        "on_track",
        cast.manager,
        "They told me",
    )


def test_where_there_is_nothing_to_decide_it_says_so(cast, checkpoint):
    assert "has not assessed it yet" in post(cast.manager, checkpoint, "decide").content.decode()


def test_the_second_writer_is_told_and_may_send_it_again(cast, checkpoint):
    RenewalCheckpoint.objects.update(version=2)
    answer = post(cast.owner, checkpoint)
    assert answer.status_code == 409
    assert 'name="checkpoint-180-version" value="2"' in answer.content.decode()


def test_before_the_first_one_it_says_when_that_comes(cast):
    one = RenewalFactory(account=cast.account, segment=Segment.objects.get(key="enterprise"))
    address = reverse("renewals:checkpoints", args=[one.pk])
    assert "The first one comes 180 days before" in logged_in(cast.owner).get(address).content.decode()
    one.segment = None
    one.save()
    assert "has no checkpoints" in logged_in(cast.owner).get(address).content.decode()


def test_its_queries_are_as_many_with_one_and_with_two(cast, checkpoint, django_assert_num_queries):
    browser, as_part = logged_in(cast.owner), {"HX-Request": "true", "HX-Target": "renewal-checkpoints"}
    address = reverse("renewals:checkpoints", args=[checkpoint.renewal_id])
    with django_assert_num_queries(5):
        browser.get(address, headers=as_part)
    RenewalCheckpointFactory(account=None, renewal=checkpoint.renewal, days=90)
    with django_assert_num_queries(5):
        browser.get(address, headers=as_part)
