"""The page on which a review is prepared, and what is done on it."""

import datetime as dt
import html
import re

import pytest
from django.core.cache import cache
from django.urls import reverse

from accounts.models import Account
from cs_workspace.common import clock
from qbr.domain.facts_json import facts_to_json
from qbr.domain.reviews import Part
from qbr.models import Review, ReviewGoal, ReviewIdea, SectionText
from qbr.queries.compiling import compile_facts
from qbr.services.checklist import keep_checklist
from tests import factories as make
from tests.cast import Cast, logged_in
from tests.factories import day

pytestmark = pytest.mark.django_db

HTMX = {"HX-Request": "true"}
GOAL = {
    "title": "Shorter closing",
    "measure": "Hours",
    "unit": "h",
    "baseline": "40",
    "target": "20",
    "due_on": "2027-01-01",
    "owner": "",
    "contact": "",
}
IDEA = {"title": "More seats", "reason": "They are full", "value": "9000"}


@pytest.fixture
def review(cast: Cast) -> Review:
    review = make.ReviewFactory(
        account=cast.account, owner=cast.owner, since=day(-89), until=day(1), due_on=day(5), status="preparing"
    )
    keep_checklist(review)
    return review


def url(name: str, pk: int, *more: str) -> str:
    return reverse(f"qbr:{name}", args=[pk, *more])


def text(response) -> str:
    return html.unescape(response.content.decode())


def fill(review: Review, count: int) -> None:
    """So many of everything that the page shows."""
    account = review.account
    product = make.ProductFactory()
    make.ContractLineFactory(contract=make.ContractFactory(account=account), product=product, seats=50)
    plan = make.SuccessPlanFactory(account=account)
    version = make.ScorecardVersionFactory()
    make.SnapshotFactory(account=account, version=version)
    Account.objects.filter(pk=account.pk).update(segment=make.SegmentFactory())
    for number in range(count):
        make.FeatureFactory(product=product)
        make.UsageDayFactory(account=account, day=day(-number - 1), active_users=20)
        make.TicketFactory(account=account, subject=f"Ticket about {number}")
        make.ObjectiveFactory(plan=plan, title=f"Objective {number}")
        make.RoiRecordFactory(plan=plan, on=day(-1), currency="EUR")
        make.ContactFactory(account=account, name=f"Person {number}", roles=["champion"])
        make.FeatureAskFactory(account=account)
        make.ReviewGoalFactory(review=review, title=f"Next {number}")
        make.ReviewIdeaFactory(review=review)
        make.OpportunityFactory(account=account)


class TestPage:
    def test_it_shows_what_is_known_and_what_is_to_be_done(self, cast, review):
        fill(review, 2)
        make.SectionTextFactory(review=review, key="usage", text="Use *grows*", speaker_notes="Smile")
        shown = text(logged_in(cast.owner).get(url("prepare", review.pk)))
        for words in (
            "Preparing the business review with", "Active users a day", "20 of 50 seats", "40 %", "Objective 1",
            "Ticket about 0", "Person 1", "Champion", "What we advise", "Usage data pulled", "by itself", "of 10",
            "Next 0", "Use *grows*", "Smile", "It is ready", "Might be shown", "Not used yet",
        ):  # fmt: skip
            assert words in shown.replace("<small>", " ").replace("</small>", ""), words

    def test_of_an_account_of_which_nothing_is_known_it_says_so(self, cast, review):
        shown = text(logged_in(cast.owner).get(url("prepare", review.pk)))
        for words in (
            "Not reported in the period", "Fewer than five others", "No review before this one", "They asked for no",
            "has no objectives", "its worth is not known", "too few scores", "No goal is drafted yet",
            "seats not known",
            "No champion, sponsor or decision maker is known", "Nobody named a competitor", "No ticket is open",
        ):  # fmt: skip
            assert words in shown, words

    def test_a_period_without_days_says_so(self, cast, review):
        Review.objects.update(since=day(10), until=day(100))
        assert "This period has not begun yet" in text(logged_in(cast.owner).get(url("prepare", review.pk)))

    def test_one_that_runs_says_until_when_it_is_known(self, cast, review):
        Review.objects.update(until=day(30))
        assert "are still to come" in text(logged_in(cast.owner).get(url("prepare", review.pk)))

    def test_a_held_review_shows_what_it_showed_and_changes_nothing(self, cast, review):
        shown = facts_to_json(compile_facts(review, today=clock.today()))
        shown["account"]["arr"] = "777000"
        Review.objects.update(status="held", held_at=clock.now(), facts=shown, facts_at=clock.now())
        page = text(logged_in(cast.owner).get(url("prepare", review.pk)))
        assert "What was shown in" in page
        assert "€777.0k" in page
        assert "<textarea" not in page

    def test_who_only_reads_sees_no_form(self, cast, review):
        fill(review, 1)
        make.SectionTextFactory(review=review)
        page = text(logged_in(cast.read_only).get(url("prepare", review.pk)))
        main = page.split("<main")[1].split("</main")[0]
        assert "<textarea" not in main
        assert "<form" not in main
        assert "A quarter of <em>steady</em> growth" in main

    @pytest.mark.parametrize("count", [1, 8])
    def test_it_takes_as_many_queries_for_much_as_for_little(self, cast, review, django_assert_num_queries, count):
        fill(review, count)
        for user, queries in ((cast.owner, 11), (cast.manager, 12)):
            cache.clear()
            client = logged_in(user)
            with django_assert_num_queries(queries):
                client.get(url("prepare", review.pk))


class TestPeriod:
    def choose(self, cast, review, since, last, version=None):
        data = {"since": since, "last": last, "version": version or review.version}
        return logged_in(cast.owner).post(url("period", review.pk), data)

    def test_other_days_are_looked_at_and_the_old_ones_come_back(self, cast, review):
        response = self.choose(cast, review, "2026-01-01", "2026-03-31")
        assert response.status_code == 302
        changed = Review.objects.get(pk=review.pk)
        assert (changed.since, changed.until) == (dt.date(2026, 1, 1), dt.date(2026, 4, 1))
        logged_in(cast.owner).post(f"{url('period-back', review.pk)}?version={changed.version}")
        assert Review.objects.get(pk=review.pk).since == review.since

    @pytest.mark.parametrize(
        ("since", "last", "words"),
        [
            ("2026-03-31", "2026-01-01", "cannot lie before"),
            ("2020-01-01", "2026-01-01", "two years at most"),
            ("nonsense", "2026-01-01", "Give a day"),
            ("0001-01-01", "9999-12-31", "Give a day between"),
            ("", "", "required"),
        ],
    )
    def test_days_that_cannot_be_are_said_by_the_form(self, cast, review, since, last, words):
        response = self.choose(cast, review, since, last)
        assert response.status_code == 422
        assert words in text(response)
        assert Review.objects.get(pk=review.pk).since == review.since

    def test_a_second_writer_is_told(self, cast, review):
        Review.objects.update(version=7)
        response = self.choose(cast, review, "2026-01-01", "2026-03-31", version=1)
        assert response.status_code == 409
        assert "changed this meanwhile" in text(response)

    def test_what_cannot_be_taken_back_is_said(self, cast, review):
        response = logged_in(cast.owner).post(f"{url('period-back', review.pk)}?version=99", follow=True)
        assert "cannot be taken back" in text(response)


class TestTexts:
    def save(self, user, review, key="summary", headers=HTMX, **data):
        fields = {"text": "", "speaker_notes": "", "version": "0"} | data
        return logged_in(user).post(url("text", review.pk, key), fields, headers=headers)

    def test_what_is_typed_is_kept_with_its_next_version(self, cast, review):
        answer = text(self.save(cast.owner, review, text="Good\r\nquarter", is_left_out="on"))
        assert 'name="version" value="1"' in answer
        assert "Saved" in answer
        kept = SectionText.objects.get()
        assert (kept.text, kept.is_left_out) == ("Good\nquarter", True)
        assert 'value="2"' in text(self.save(cast.owner, review, text="Better", version="1"))

    @pytest.mark.parametrize("key", [*Part, "competition"])
    def test_every_part_can_be_written_and_no_other(self, cast, review, key):
        assert self.save(cast.owner, review, key, text="Words").status_code == 200
        assert self.save(cast.owner, review, f"{key}s", text="Words").status_code == 404

    def test_a_second_writer_is_told_and_keeps_what_they_typed(self, cast, review):
        make.SectionTextFactory(review=review)
        response = self.save(cast.owner, review, text="Mine")
        assert response.status_code == 409
        assert "Copy what you typed" in text(response)
        page = self.save(cast.owner, review, headers={}, text="Mine")
        assert page.status_code == 409
        assert ">Mine</textarea>" in text(page)
        assert SectionText.objects.get().text == "A quarter of *steady* growth."

    @pytest.mark.parametrize(
        ("data", "words"),
        [({"text": "x" * 4001}, "at most 4000"), ({"version": "x"}, "whole number"), ({"text": "a\0b"}, "Null")],
    )
    def test_what_cannot_be_kept_is_said(self, cast, review, data, words):
        response = self.save(cast.owner, review, **data)
        assert response.status_code == 422
        assert words in text(response)

    def test_without_htmx_the_page_comes_back(self, cast, review):
        response = self.save(cast.owner, review, headers={}, text="Words")
        assert response.url == f"{url('prepare', review.pk)}#part-summary"

    def test_of_a_held_review_the_words_stay(self, cast, review):
        Review.objects.update(status="held", held_at=clock.now(), facts={})
        assert self.save(cast.owner, review, text="Later").status_code == 422


class TestChecklist:
    def test_a_point_is_ticked_opened_and_left_to_itself(self, cast, review):
        client, point = logged_in(cast.owner), review.checklist.get(key="health")
        done = client.post(f"{url('checklist-say', point.pk)}?done=1", headers=HTMX)
        point.refresh_from_db()
        assert (point.done_by, "reviewChecklistChanged" in done.headers["HX-Trigger"]) == (cast.owner, True)
        assert "Olga Owner" in text(client.get(url("checklist", review.pk)))
        client.post(f"{url('checklist-say', point.pk)}?done=0", headers=HTMX)
        point.refresh_from_db()
        assert (point.done_at, point.done_by) == (None, cast.owner)
        client.post(url("checklist-back", point.pk), headers=HTMX)
        point.refresh_from_db()
        assert point.done_by is None

    @pytest.mark.parametrize("before", ["system", "open", "hand"])
    def test_the_toast_leads_back_to_what_was_there(self, cast, review, before):
        client, point = logged_in(cast.owner), review.checklist.get(key="objectives")
        if before == "system":
            make.ReviewGoalFactory(review=review)
            keep_checklist(review)
        if before == "hand":
            client.post(f"{url('checklist-say', point.pk)}?done=1", headers=HTMX)
        point.refresh_from_db()
        was, now = point.done_at is not None, point.done_at is None
        said = client.post(f"{url('checklist-say', point.pk)}?done={int(now)}", headers=HTMX)
        undo = re.findall(rf'"({re.escape(url("checklist-say", point.pk))}[^"]*)"', text(said))[0]
        client.post(undo, headers=HTMX)
        point.refresh_from_db()
        assert (point.done_at is not None) == was
        assert (point.done_by is None) == (before != "hand")

    def test_a_point_is_handed_over_and_back(self, cast, review):
        client, point = logged_in(cast.owner), review.checklist.get(key="health")
        assert "Whoever owns the review" in text(client.get(url("checklist-owner", point.pk)))
        said = client.post(url("checklist-owner", point.pk), {"owner": cast.team_mate.pk}, headers=HTMX)
        assert "Tim Teammate" in text(client.get(url("checklist", review.pk)))
        undo = re.findall(rf'"({re.escape(url("checklist-owner", point.pk))}[^"]*)"', text(said))[0]
        client.post(undo, headers=HTMX)
        point.refresh_from_db()
        assert point.owner is None
        refused = client.post(url("checklist-owner", point.pk), {"owner": cast.outsider.pk}, headers=HTMX)
        assert refused.status_code == 422
        assert "may not see" in text(refused)

    def test_of_a_held_review_it_says_why_not(self, cast, review):
        Review.objects.update(status="held", held_at=clock.now(), facts={})
        point = review.checklist.get(key="health")
        response = logged_in(cast.owner).post(f"{url('checklist-say', point.pk)}?done=1", follow=True)
        assert "not ahead any more" in text(response)

    def test_it_says_what_is_late_and_whose_it_is(self, cast, review):
        review.checklist.update(due_on=day(-2))
        review.checklist.filter(key="value").update(owner=cast.team_mate)
        shown = text(logged_in(cast.owner).get(url("checklist", review.pk)))
        assert "late, was due" in shown
        assert "Tim Teammate" in shown


class TestGoalsAndIdeas:
    def test_a_goal_is_drafted_changed_taken_out_and_brought_back(self, cast, review):
        client = logged_in(cast.owner)
        assert "Draft a goal" in text(client.get(url("goal-new", review.pk)))
        made = client.post(url("goal-new", review.pk), GOAL, headers=HTMX)
        goal = ReviewGoal.objects.get()
        assert "reviewGoalsChanged" in made.headers["HX-Trigger"]
        client.post(url("goal-edit", goal.pk), GOAL | {"title": "Faster", "version": "1"}, headers=HTMX)
        goal.refresh_from_db()
        assert (goal.title, goal.version) == ("Faster", 2)
        client.post(f"{url('goal-back', goal.pk)}?version=2", headers=HTMX)
        assert "Shorter closing" in text(client.get(url("goals", review.pk)))
        client.post(url("goal-drop", goal.pk), headers=HTMX)
        assert "No goal is drafted yet" in text(client.get(url("goals", review.pk)))
        client.post(url("goal-restore", goal.pk), headers=HTMX)
        assert "Shorter closing" in text(client.get(url("goals", review.pk)))

    @pytest.mark.parametrize(
        ("change", "words"),
        [
            ({"title": ""}, "required"),
            ({"target": "40"}, "must differ from the baseline"),
            ({"baseline": "many"}, "Enter a number"),
            ({"due_on": "soon"}, "Give a day"),
            ({"owner": "999999"}, "Select a valid choice"),
        ],
    )
    def test_a_goal_that_cannot_be_is_said_by_the_field(self, cast, review, change, words):
        response = logged_in(cast.owner).post(url("goal-new", review.pk), GOAL | change, headers=HTMX)
        assert response.status_code == 422
        assert words in text(response)
        assert not ReviewGoal.objects.exists()

    def test_a_second_writer_of_a_goal_sees_both(self, cast, review):
        goal = make.ReviewGoalFactory(review=review, version=3)
        response = logged_in(cast.owner).post(
            url("goal-edit", goal.pk), GOAL | {"version": "1", "seen": "{}"}, headers=HTMX
        )
        assert response.status_code == 409
        assert "Shorter quarterly closing" in text(response)

    def test_a_suggestion_is_shown_and_suggested_no_more(self, cast, review):
        client, signal = logged_in(cast.owner), make.ExpansionSignalFactory(account=cast.account)
        assert "Might be shown" in text(client.get(url("ideas", review.pk)))
        made = client.post(url("idea-new", review.pk), IDEA | {"signal": signal.pk}, headers=HTMX)
        assert "reviewIdeasChanged" in made.headers["HX-Trigger"]
        shown = text(client.get(url("ideas", review.pk)))
        assert "€9.0k a year" in shown
        assert "Might be shown" not in shown

    def test_an_idea_is_changed_taken_out_and_brought_back(self, cast, review):
        client = logged_in(cast.owner)
        client.post(url("idea-new", review.pk), IDEA, headers=HTMX)
        idea = ReviewIdea.objects.get()
        client.post(url("idea-edit", idea.pk), IDEA | {"value": "", "version": "1"}, headers=HTMX)
        assert "worth not known" in text(client.get(url("ideas", review.pk)))
        client.post(f"{url('idea-back', idea.pk)}?version=2", headers=HTMX)
        assert "€9.0k a year" in text(client.get(url("ideas", review.pk)))
        client.post(url("idea-drop", idea.pk), headers=HTMX)
        assert "No idea is chosen yet" in text(client.get(url("ideas", review.pk)))
        client.post(url("idea-restore", idea.pk), headers=HTMX)
        assert "More seats" in text(client.get(url("ideas", review.pk)))

    @pytest.mark.parametrize(
        ("change", "words"),
        [({"value": "-1"}, "greater than or equal"), ({"reason": ""}, "required"), ({"signal": "999999"}, "signal")],
    )
    def test_an_idea_that_cannot_be_is_said(self, cast, review, change, words):
        response = logged_in(cast.owner).post(url("idea-new", review.pk), IDEA | change, headers=HTMX)
        assert response.status_code == 422
        assert words in text(response)

    def test_a_form_that_came_twice_makes_one(self, cast, review):
        key = {"key": "7d8f3c1e-2222-4b6e-9a51-0123456789ab"}
        for _ in range(2):
            logged_in(cast.owner).post(url("goal-new", review.pk), GOAL | key, headers=HTMX)
            logged_in(cast.owner).post(url("idea-new", review.pk), IDEA | key, headers=HTMX)
        assert ReviewGoal.objects.count() == 1
        assert ReviewIdea.objects.count() <= 1


POSTED = ("period", "period-back", "goal-new", "idea-new")
OF_ITS_OWN = {
    "goal-edit": make.ReviewGoalFactory,
    "goal-back": make.ReviewGoalFactory,
    "goal-drop": make.ReviewGoalFactory,
    "goal-restore": make.ReviewGoalFactory,
    "idea-edit": make.ReviewIdeaFactory,
    "idea-back": make.ReviewIdeaFactory,
    "idea-drop": make.ReviewIdeaFactory,
    "idea-restore": make.ReviewIdeaFactory,
    "checklist-back": None,
    "checklist-say": None,
    "checklist-owner": None,
}


class TestAccess:
    def addresses(self, review):
        yield from (url(name, review.pk) for name in POSTED)
        yield url("text", review.pk, "summary")
        for name, factory in OF_ITS_OWN.items():
            pk = factory(review=review).pk if factory else review.checklist.first().pk
            yield url(name, pk)

    def test_outsiders_find_nothing_readers_change_nothing_and_only_forms_change(self, cast, review):
        for address in self.addresses(review):
            assert logged_in(cast.outsider).post(address).status_code == 404, address
            assert logged_in(cast.read_only).post(address).status_code == 403, address
            if "/new/" not in address and not re.search(r"/(goals|ideas)/\d+/$|/owner/$", address):
                assert logged_in(cast.owner).get(address).status_code == 405, address

    def test_pages_are_not_posted_to(self, cast, review):
        for name in ("prepare", "checklist", "goals", "ideas"):
            assert logged_in(cast.outsider).get(url(name, review.pk)).status_code == 404
            assert logged_in(cast.owner).post(url(name, review.pk)).status_code == 405
