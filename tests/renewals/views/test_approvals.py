"""The queue of approvals and the decision."""

import pytest
from django.urls import reverse

from renewals.models import Approval
from renewals.services.authority import install_authority
from tests.cast import logged_in
from tests.factories import RenewalFactory
from tests.factories.proposals import ApprovalFactory
from tests.renewals.making import anew

pytestmark = pytest.mark.django_db

URL = "/renewals/approvals/"
YES = {"verdict": "approve", "reason": "A reference"}


@pytest.fixture(autouse=True)
def _matrix(db):
    install_authority()


def waiting(cast, **fields):
    fields = {"needed": "0.08", "discount": "0.08"} | fields
    return ApprovalFactory(proposal__renewal__account=cast.account, **fields)


def decide(approval, user, data=YES):
    return logged_in(user).post(reverse("renewals:approval", args=[approval.pk]), data)


class TestQueue:
    def test_the_manager_finds_what_they_may_decide(self, cast):
        waiting(cast, note="They are a reference")
        page = logged_in(cast.manager).get(URL).content.decode()
        for words in (
            "Halden Logistics",
            "8 %",
            "Olga Owner",
            "limit 5 %",
            "They are a reference",
            "Manager",
            "Decide",
        ):
            assert words in page, words

    def test_who_may_not_decide_sees_it_among_those_that_wait(self, cast):
        waiting(cast)
        client = logged_in(cast.owner)
        assert "No approvals waiting" in client.get(URL).content.decode()
        assert "Halden Logistics" in client.get(URL, {"show": "waiting"}).content.decode()

    def test_what_was_decided_stays_with_who_when_and_why(self, cast):
        decide(waiting(cast), cast.manager)
        page = logged_in(cast.owner).get(URL, {"show": "decided"}).content.decode()
        for words in ("Approved", "Mona Manager", "A reference"):
            assert words in page, words

    def test_nothing_of_closed_renewals_waits(self, cast):
        one = waiting(cast)
        renewal = one.proposal.renewal
        renewal.stage, renewal.outcome, renewal.closed_arr, renewal.closed_at = "closed", "lost", 0, one.asked_at
        renewal.save()
        assert "No approvals waiting" in logged_in(cast.manager).get(URL).content.decode()

    @pytest.mark.parametrize("query", [{"show": "x"}, {"page": "x"}, {"page": "-4"}, {"show": "\0"}])
    def test_an_address_without_sense_shows_what_waits(self, cast, query):
        waiting(cast)
        assert "Halden Logistics" in logged_in(cast.manager).get(URL, query).content.decode()

    @pytest.mark.parametrize("show", ["mine", "waiting", "decided"])
    def test_it_takes_as_many_queries_for_many_as_for_one(self, cast, show, django_assert_num_queries):
        decided = {"verdict": "approved", "decided_by": cast.manager, "reason": "Yes"} if show == "decided" else {}
        client = logged_in(cast.manager)
        for count in (1, 9):
            for _ in range(count):
                one = waiting(cast)
                if decided:
                    Approval.objects.filter(pk=one.pk).update(decided_at=one.asked_at, **decided)
            with django_assert_num_queries(10):
                client.get(URL, {"show": show}, headers={"HX-Request": "true", "HX-Target": "rows"})

    def test_longer_lists_are_cut_into_pages(self, cast):
        for _ in range(26):
            waiting(cast)
        client = logged_in(cast.manager)
        assert "1–25 of 26 approvals" in client.get(URL).content.decode()
        assert "26–26 of 26" in client.get(URL, {"page": 2}).content.decode()


class TestDeciding:
    def test_it_is_approved_with_a_reason(self, cast):
        one = waiting(cast)
        assert decide(one, cast.manager)["Location"] == URL
        one.refresh_from_db()
        assert (one.verdict, one.decided_by, one.reason) == ("approved", cast.manager, "A reference")
        assert anew(one.proposal).state == "approved"

    def test_it_is_refused_with_a_reason(self, cast):
        one = waiting(cast)
        decide(one, cast.manager, {"verdict": "refuse", "reason": "Too much"})
        assert anew(one.proposal).state == "draft"

    @pytest.mark.parametrize(
        "data", [{}, {"verdict": "approve"}, {"verdict": "x", "reason": "Yes"}, YES | {"reason": " "}]
    )
    def test_half_an_answer_is_none(self, cast, data):
        one = waiting(cast)
        assert decide(one, cast.manager, data).status_code == 422
        one.refresh_from_db()
        assert one.is_pending

    def test_who_may_not_is_told_why_in_place_of_the_form(self, cast):
        one = waiting(cast, needed="0.15")
        page = logged_in(cast.manager).get(reverse("renewals:approval", args=[one.pk])).content.decode()
        assert "It takes a limit of 15 %, and yours is 10 %." in page
        assert 'name="reason"' not in page
        assert decide(one, cast.manager).status_code == 422

    def test_a_second_decision_is_told(self, cast):
        one = waiting(cast)
        decide(one, cast.manager)
        answer = decide(one, cast.executive)
        assert (answer.status_code, "approved already" in answer.content.decode()) == (422, True)

    def test_outsiders_find_nothing_and_read_only_users_decide_nothing(self, cast):
        one = waiting(cast)
        for user, status in ((cast.outsider, 404), (cast.other_manager, 404), (cast.read_only, 403)):
            assert decide(one, user).status_code == status
        assert logged_in(cast.manager).put(reverse("renewals:approval", args=[one.pk])).status_code == 405

    def test_the_task_leads_to_it(self, cast):
        from accounts.queries.task_causes import cause_of
        from tests.factories import TaskFactory

        task = TaskFactory(account=cast.account, origin_key="approval:12", origin="renewal")
        assert cause_of(task).url == "/renewals/approvals/12/"


def test_renewals_of_others_are_not_in_the_queue(cast):
    ApprovalFactory(proposal__renewal=RenewalFactory(account=cast.strangers), needed="0.08", author=cast.outsider)
    assert "Stranger Foods" not in logged_in(cast.manager).get(URL, {"show": "waiting"}).content.decode()
    assert "Stranger Foods" in logged_in(cast.other_manager).get(URL).content.decode()
