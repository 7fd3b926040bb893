"""The link by which a customer reads a proposal and answers it: once, with a name, and for as long as it lasts."""

import io

import pytest
from django.test import Client
from django.urls import reverse
from pypdf import PdfReader

from accounts.models import Notification
from accounts.queries.share_links import token_of, url_of
from cs_workspace.common import clock
from renewals.models import ProposalShare
from renewals.services.authority import install_authority
from renewals.services.proposing import send_proposal, start_proposal, withdraw_proposal
from tests.cast import logged_in
from tests.factories.proposals import ApprovalFactory, ProposalFactory, ProposalLineFactory, ProposalShareFactory
from tests.renewals.making import anew, renewal_of

pytestmark = pytest.mark.django_db

DIALOG = {"HX-Request": "true", "HX-Target": "dialog"}


@pytest.fixture
def share(cast):
    """The link to a proposal that was sent with three options."""
    install_authority()
    made = start_proposal(by=cast.owner, renewal=renewal_of(cast.account))
    send_proposal(by=cast.owner, proposal=made)
    return ProposalShareFactory(proposal=anew(made), by=cast.owner)


def opened(share):
    """The status of the page and of the file."""
    pdf = reverse("renewals:shared-proposal-pdf", args=[token_of(share)])
    return [Client().get(url).status_code for url in (url_of(share), pdf)]


def answer(share, choice, name="Kim Roth", **fields):
    return Client().post(url_of(share), {"answer": choice, "name": name} | fields)


def test_the_customer_reads_the_options_and_nothing_of_ours(cast, share):
    cast.account.health_reason, cast.account.arr = "usage fell by half", 184_321
    cast.account.save()
    ApprovalFactory(
        proposal=share.proposal, note="They would leave", verdict="approved", reason="Keep them",
        decided_at=clock.now(), decided_by=cast.executive,
    )  # fmt: skip
    page = Client().get(url_of(share)).content.decode()
    for words in ("Halden Logistics", "Renew as is", "€24,000", "We accept “Renew and grow”", "It is no signature"):
        assert words in page, words
    for words in ("usage fell", "184,321", "They would leave", "Keep them", "Edda", "limit", "nothing in return"):
        assert words not in page, words
    pdf = Client().get(reverse("renewals:shared-proposal-pdf", args=[token_of(share)]))
    text = PdfReader(io.BytesIO(pdf.content)).pages[0].extract_text()
    assert ("Renew and grow" in text, "Draft" in text) == (True, False)
    assert pdf["X-Robots-Tag"] == "noindex, nofollow, noarchive"


def test_an_option_is_accepted_once_with_a_name(cast, share):
    option = share.proposal.options.all()[1]
    first = answer(share, option.pk, note="From March on")
    assert (first.status_code, first["Location"]) == (302, f"{url_of(share)}#answer")
    assert answer(share, option.pk).status_code == 302
    after = anew(share.proposal)
    assert (after.state, after.answered_name, after.answer_note) == ("accepted", "Kim Roth", "From March on")
    assert Notification.objects.filter(key__startswith="proposal:").count() == 1
    page = Client().get(url_of(share)).content.decode()
    assert "Thank you, Kim Roth." in page
    assert 'name="answer"' not in page


def test_another_answer_after_that_is_told_and_changes_nothing(share):
    first, second, _ = share.proposal.options.all()
    answer(share, first.pk)
    for choice in (second.pk, "decline"):
        late = answer(share, choice, name="Lea Late")
        assert (late.status_code, "has answered" in late.content.decode()) == (422, True)
    assert anew(share.proposal).answered_name == "Kim Roth"


def test_a_customer_may_take_none(share):
    answer(share, "decline", note="Too dear")
    assert (anew(share.proposal).state, anew(share.proposal).answer_note) == ("declined", "Too dear")


@pytest.mark.parametrize(
    ("choice", "name"),
    [("", "Kim"), ("x", "Kim"), ("999999", "Kim"), ("decline", ""), ("decline", "K" * 121), ("decline", "\0")],
)
def test_half_an_answer_is_none_and_what_was_typed_stays(share, choice, name):
    page = answer(share, choice, name=name, note="Kept words")
    assert (page.status_code, "Kept words" in page.content.decode()) == (422, True)
    assert anew(share.proposal).state == "sent"


def test_an_option_of_another_proposal_is_none_of_these(cast, share):
    other = ProposalFactory(renewal=renewal_of(cast.strangers), with_discount="0")
    assert answer(share, other.options.get().pk).status_code == 422


def test_expired_revoked_withdrawn_and_unknown_links_open_nothing(cast, share):
    assert opened(share) == [200, 200]
    token = token_of(share)
    assert Client().get(reverse("renewals:shared-proposal", args=[token[:-1]])).status_code == 404
    for made in (
        ProposalShareFactory(proposal=ProposalFactory(renewal=renewal_of(cast.account), as_sent=True), expired=True),
        ProposalShareFactory(proposal=ProposalFactory(renewal=renewal_of(cast.account), as_sent=True), revoked=True),
    ):
        assert opened(made) == [410, 410]
        assert "This link is over" in Client().get(url_of(made)).content.decode()
        assert answer(made, "decline").status_code == 410
    withdraw_proposal(by=cast.owner, proposal=share.proposal)
    assert opened(share) == [410, 410]


def test_a_closed_renewal_takes_no_answer(share):
    renewal = share.proposal.renewal
    renewal.stage, renewal.outcome, renewal.closed_arr, renewal.closed_at = "closed", "flat", 24_000, clock.now()
    renewal.save()
    page = Client().get(url_of(share)).content.decode()
    assert ("can no longer be answered" in page, 'name="answer"' in page) == (True, False)
    assert answer(share, "decline").status_code == 422


def test_views_of_the_customer_are_counted_and_ours_are_not(cast, share):
    Client().get(url_of(share))
    logged_in(cast.owner).get(url_of(share))
    Client().head(url_of(share))
    share.refresh_from_db()
    assert share.views == 1


def test_the_page_takes_as_many_queries_for_many_lines_as_for_one(share, django_assert_num_queries):
    for count in (0, 12):
        for _ in range(count):
            ProposalLineFactory(option=share.proposal.options.first())
        with django_assert_num_queries(6):
            Client().get(url_of(share))


def dialog(proposal, user, method="get", **fields):
    url = reverse("renewals:proposal-share", args=[proposal.pk])
    return getattr(logged_in(user), method)(url, fields, headers=DIALOG)


def test_a_link_is_made_shown_and_revoked(cast, share):
    proposal = share.proposal
    share.delete()
    assert "Make a link" in dialog(proposal, cast.owner).content.decode()
    made = dialog(proposal, cast.owner, "post", days="30")
    share = ProposalShare.objects.get()
    assert f"http://testserver{url_of(share)}" in made.content.decode()
    assert "proposalsChanged" in made["HX-Trigger"]
    revoke = reverse("renewals:proposal-share-revoke", args=[share.pk])
    for user, status in ((cast.outsider, 404), (cast.read_only, 403)):
        assert logged_in(user).post(revoke).status_code == status
    back = logged_in(cast.manager).post(revoke)
    assert back["Location"] == reverse("renewals:proposal", args=[proposal.pk])
    assert opened(share) == [410, 410]


def test_a_draft_has_no_link_to_share(cast):
    made = ProposalFactory(renewal=renewal_of(cast.account), with_discount="0")
    refused = dialog(made, cast.owner, "post", days="30")
    assert (refused.status_code, "Only a proposal that was sent" in refused.content.decode()) == (422, True)
    for user, status in ((cast.outsider, 404), (cast.read_only, 403)):
        assert dialog(made, user, "post", days="30").status_code == status
