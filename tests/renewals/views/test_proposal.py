"""Pages of proposals: the list of a renewal, the editor without a script, one in full, and what is done with it."""

import io
from decimal import Decimal

import pytest
from django.urls import reverse
from pypdf import PdfReader

from cs_workspace.common import clock
from renewals.models import Approval, Proposal, ProposalLine, ProposalOption
from renewals.queries.proposals import terms_of
from renewals.services.authority import install_authority
from renewals.services.proposing import edit_proposal, send_proposal, start_proposal
from tests.cast import logged_in
from tests.factories import ProductFactory
from tests.factories.proposals import ApprovalFactory, ProposalFactory, ProposalOptionFactory
from tests.renewals.making import anew, offered, renewal_of

pytestmark = pytest.mark.django_db

DIALOG = {"HX-Request": "true", "HX-Target": "dialog"}


@pytest.fixture(autouse=True)
def _matrix(db):
    install_authority()


@pytest.fixture
def made(cast):
    """A draft with the three options of a contract of 24,000."""
    return anew(start_proposal(by=cast.owner, renewal=renewal_of(cast.account)))


def url(name, *args):
    return reverse(f"renewals:{name}", args=args)


def typed(proposal, *, version=None, **changes):
    """What the editor sends for the first option of a proposal, with one line; `changes` by the name of the field."""
    [line] = terms_of(proposal)[0].lines
    option = {"title": "One", "note": "", "term_months": "12", "billing": "yearly", "discount": "", "in_return": ""}
    fields = {"product": str(line.product), "seats": "100", "price": "240", "discount": ""}
    option |= {name[2:]: value for name, value in changes.items() if name.startswith("o_")}
    fields |= {name[2:]: value for name, value in changes.items() if name.startswith("l_")}
    data = {"options": "aa", "lines-aa": "bb", "recommended": "aa", "do": "save"}
    data |= {"head-version": proposal.version if version is None else version, "head-note": "Dear Kim"}
    data |= {f"oaa-{name}": value for name, value in option.items()}
    data |= {f"lbb-{name}": value for name, value in fields.items()}
    return data | {name: value for name, value in changes.items() if name[:2] not in ("o_", "l_")}


class TestSection:
    def test_it_lists_the_proposals_of_a_renewal_with_what_they_come_to(self, cast, made):
        page = logged_in(cast.owner).get(url("proposals", made.renewal_id)).content.decode()
        for words in ("Proposal 1", "Renew as is", "€24,000", "±€0", "+€3,600", "Draft"):
            assert words in page, words

    def test_without_any_it_says_what_a_proposal_is(self, cast):
        page = logged_in(cast.owner).get(url("proposals", renewal_of(cast.account).pk)).content.decode()
        assert "Nothing is offered yet." in page

    def test_htmx_gets_the_section_alone(self, cast, made):
        headers = {"HX-Request": "true", "HX-Target": "renewal-proposals"}
        page = logged_in(cast.owner).get(url("proposals", made.renewal_id), headers=headers).content.decode()
        assert page.strip().startswith("<section")

    def test_it_takes_as_many_queries_for_many_as_for_one(self, cast, made, django_assert_num_queries):
        client = logged_in(cast.owner)
        client.get(url("proposals", made.renewal_id))
        for count in (0, 6):
            for _ in range(count):
                one = ProposalFactory(renewal=made.renewal, number=made.number + Proposal.objects.count())
                for _ in range(3):
                    ProposalOptionFactory(proposal=one)
                ApprovalFactory(proposal=one)
            with django_assert_num_queries(8):
                client.get(url("proposals", made.renewal_id))


class TestNew:
    def test_it_begins_one_and_opens_it(self, cast):
        renewal = renewal_of(cast.account)
        answer = logged_in(cast.owner).post(url("proposal-new", renewal.pk))
        assert answer["Location"] == url("proposal-edit", Proposal.objects.get().pk)

    def test_sent_twice_it_begins_one(self, cast):
        renewal, client = renewal_of(cast.account), logged_in(cast.owner)
        key = client.get(url("proposals", renewal.pk)).context["new"]["key"].value()
        for _ in range(2):
            client.post(url("proposal-new", renewal.pk), {"key": key})
        assert Proposal.objects.count() == 1

    def test_where_nothing_can_be_offered_it_says_why(self, cast):
        renewal = renewal_of(cast.account, currency="ZZZ")
        answer = logged_in(cast.owner).post(url("proposal-new", renewal.pk), follow=True)
        assert "There is no exchange rate for ZZZ" in answer.content.decode()
        assert not Proposal.objects.exists()


class TestEditing:
    def test_what_is_shown_can_be_saved_as_it_is(self, cast, made):
        client = logged_in(cast.owner)
        draft = client.get(url("proposal-edit", made.pk)).context["editor"].draft
        data = {"do": "save", "head-note": "", "head-version": made.version, "recommended": draft.recommended}
        data["options"] = [part.uid for part in draft.options]
        for part in draft.options:
            data[f"lines-{part.uid}"] = [line.uid for line in part.lines]
            data |= {f"o{part.uid}-{name}": value for name, value in part.values.items()}
            for line in part.lines:
                data |= {f"l{line.uid}-{name}": value for name, value in line.values.items()}
        assert client.post(url("proposal-edit", made.pk), data).status_code == 302
        assert (anew(made).version, terms_of(anew(made))) == (1, terms_of(made))

    def test_what_was_typed_is_saved(self, cast, made):
        data = typed(made, o_discount="15", o_in_return="case_study", l_seats="120", l_discount="2.5")
        answer = logged_in(cast.owner).post(url("proposal-edit", made.pk), data)
        assert answer["Location"] == url("proposal", made.pk)
        [option] = terms_of(anew(made))
        assert (option.discount, option.in_return, option.is_recommended) == (Decimal("0.15"), "case_study", True)
        assert (option.lines[0].seats, option.lines[0].discount) == (120, Decimal("0.025"))
        assert anew(made).note == "Dear Kim"

    @pytest.mark.parametrize(
        ("changes", "words"),
        [
            ({"l_seats": "-5"}, "One seat at least"),
            ({"l_seats": "0"}, "One seat at least"),
            ({"l_seats": "9" * 5000}, "Enter a whole number."),
            ({"l_price": "-1"}, "greater than or equal to 0"),
            ({"l_price": "NaN"}, "Enter a number."),
            ({"l_price": ""}, "This field is required."),
            ({"l_discount": "200"}, "A discount is 100 % at most."),
            ({"o_discount": "200"}, "A discount is 100 % at most."),
            ({"o_discount": "-1"}, "A discount is 0 % at least."),
            ({"o_discount": "x"}, "Enter a number."),
            ({"o_term_months": "0"}, "A term is one month at least."),
            ({"o_term_months": "121"}, "less than or equal to 120"),
            ({"o_billing": "hourly"}, "Select a valid choice."),
            ({"o_title": ""}, "This field is required."),
            ({"o_title": "\0"}, "Null characters are not allowed."),
            ({"o_in_return": "term", "o_discount": "3"}, "The term is no longer than a year."),
            ({"o_in_return": "love"}, "Select a valid choice."),
            ({"l_product": "999999999"}, "There is no such product."),
            ({"l_product": "x"}, "There is no such product."),
            ({"l_product": ""}, "Choose a product."),
            ({"lines-aa": ""}, "Each option holds one line at least."),
            ({"options": ""}, "A proposal holds one option at least."),
            ({"head-version": "x"}, "A part of this form was lost on the way."),
        ],
    )
    def test_what_is_wrong_stands_by_its_field_and_nothing_is_written(self, cast, made, changes, words):
        answer = logged_in(cast.owner).post(url("proposal-edit", made.pk), typed(made, **changes))
        page = answer.content.decode()
        assert (answer.status_code, words in page) == (422, True)
        assert (anew(made).version, terms_of(anew(made))) == (1, terms_of(made))
        assert (ProposalOption.objects.count(), ProposalLine.objects.count()) == (3, 3)

    def test_what_was_typed_is_kept_beside_what_is_wrong(self, cast, made):
        data = typed(made, o_title="Ours alone", o_discount="200")
        page = logged_in(cast.owner).post(url("proposal-edit", made.pk), data).content.decode()
        assert 'value="Ours alone"' in page
        assert 'value="200"' in page

    def test_options_and_lines_come_and_go_by_buttons_alone(self, cast, made):
        client, data = logged_in(cast.owner), typed(made, o_title="Ours")

        def press(what):
            return client.post(url("proposal-edit", made.pk), data | {"do": what}).context["editor"].draft

        assert [len(part.lines) for part in press("add-line:aa").options] == [2]
        assert [len(part.lines) for part in press("add-option").options] == [1, 1]
        assert [len(part.lines) for part in press("remove:bb").options] == [0]
        assert press("remove:aa").options == []
        assert press("add-line:zz").options[0].values["title"] == "Ours"
        assert anew(made).version == 1

    def test_no_more_options_than_a_proposal_holds(self, cast, made):
        data = typed(made) | {"options": [f"a{number}" for number in range(9)], "do": "add-option"}
        draft = logged_in(cast.owner).post(url("proposal-edit", made.pk), data).context["editor"].draft
        assert len(draft.options) == 4

    def test_the_glance_beside_says_what_it_comes_to_and_who_would_have_to_approve(self, cast, made):
        headers = {"HX-Request": "true", "HX-Target": "preview"}
        data = typed(made, o_discount="15", do="reckon")
        answer = logged_in(cast.owner).post(url("proposal-edit", made.pk), data, headers=headers)
        page = answer.content.decode()
        for words in ("€20,400", "15 % off", "nothing in return", "above the limit of 5 %", "Executive"):
            assert words in page, words
        broken = typed(made, o_discount="x", do="reckon")
        answer = logged_in(cast.owner).post(url("proposal-edit", made.pk), broken, headers=headers)
        assert (answer.status_code, "nothing to add up" in answer.content.decode()) == (200, True)
        assert anew(made).version == 1

    def test_the_second_writer_is_told_and_may_go_on(self, cast, made):
        edit_proposal(by=cast.manager, proposal=made, options=[offered(made.renewal, "0.03")])
        client, data = logged_in(cast.owner), typed(made, o_title="Mine")
        answer = client.post(url("proposal-edit", made.pk), data)
        assert (answer.status_code, "Mona Manager changed this meanwhile" in answer.content.decode()) == (409, True)
        assert 'value="Mine"' in answer.content.decode()
        again = typed(made, o_title="Mine", version=answer.context["editor"].head["version"].value())
        assert client.post(url("proposal-edit", made.pk), again).status_code == 302
        assert terms_of(anew(made))[0].title == "Mine"

    def test_what_was_sent_is_not_opened_to_be_changed(self, cast, made):
        send_proposal(by=cast.owner, proposal=made)
        assert logged_in(cast.owner).get(url("proposal-edit", made.pk))["Location"] == url("proposal", made.pk)
        answer = logged_in(cast.owner).post(url("proposal-edit", made.pk), typed(made))
        assert (answer.status_code, "new version" in answer.content.decode()) == (422, True)

    def test_it_takes_as_many_queries_for_many_lines_as_for_one(self, cast, made, django_assert_num_queries):
        client = logged_in(cast.owner)
        for count in (0, 12):
            for _ in range(count):
                ProductFactory()
                ProposalLine.objects.create(
                    option=made.options.first(), position=50 + ProductFactory().pk, product=ProductFactory(), price=1
                )
            with django_assert_num_queries(9):
                client.get(url("proposal-edit", made.pk))


class TestPage:
    def test_what_is_above_the_limit_says_who_has_to_approve_and_cannot_be_sent(self, cast, made):
        edit_proposal(by=cast.owner, proposal=made, options=[offered(made.renewal, "0.18")])
        page = logged_in(cast.owner).get(url("proposal", made.pk)).content.decode()
        for words in (
            "“Renew” gives 18 %, above the limit of 5 %.",
            "it needs the approval of: Executive",
            "A discount for nothing: Renew.",
            "Ask for approval",
            'disabled title="Needs approval first: Executive."',
        ):
            assert words in page, words

    def test_an_unknown_return_is_called_unknown(self, cast, made):
        page = logged_in(cast.owner).get(url("proposal", made.pk)).content.decode()
        assert "unknown" in page

    def test_it_takes_as_many_queries_for_many_as_for_one(self, cast, made, django_assert_num_queries):
        client = logged_in(cast.owner)
        client.get(url("proposal", made.pk))
        for count in (0, 8):
            for number in range(count):
                ApprovalFactory(proposal=made, round=10 + number, verdict="withdrawn", decided_at=clock.now())
                ProposalLine.objects.create(
                    option=made.options.first(), position=50 + number, product=ProductFactory(), price=1
                )
            with django_assert_num_queries(9):
                client.get(url("proposal", made.pk))


class TestActs:
    def test_ask_send_record_and_revise(self, cast, made):
        client = logged_in(cast.owner)
        edit_proposal(by=cast.owner, proposal=made, options=[offered(made.renewal, "0.08")])
        assert "above the limit of 5 %" in client.get(url("proposal-ask", made.pk), headers=DIALOG).content.decode()
        answer = client.post(url("proposal-ask", made.pk), {"note": "Case study"}, headers=DIALOG)
        assert "closeDialog" in answer["HX-Trigger"]
        assert (anew(made).state, Approval.objects.get().note) == ("awaiting", "Case study")
        manager = logged_in(cast.manager)
        decide = url("approval", Approval.objects.get().pk)
        manager.post(decide, {"verdict": "approve", "reason": "Fine"}, headers=DIALOG)
        client.post(url("proposal-send", made.pk))
        assert anew(made).state == "sent"
        data = {"answer": anew(made).options.get().pk, "name": "Kim Roth"}
        client.post(url("proposal-answer", made.pk), data)
        assert anew(made).state == "accepted"
        client.post(url("proposal-revise", made.pk))
        assert Proposal.objects.count() == 2

    def test_a_refusal_is_told(self, cast, made):
        edit_proposal(by=cast.owner, proposal=made, options=[offered(made.renewal, "0.18")])
        answer = logged_in(cast.owner).post(url("proposal-send", made.pk), follow=True)
        assert "Ask for an approval first." in answer.content.decode()
        assert anew(made).state == "draft"

    def test_withdrawing_keeps_why(self, cast, made):
        client = logged_in(cast.owner)
        client.post(url("proposal-withdraw", made.pk), {"reason": "Other prices"}, headers=DIALOG)
        assert "Other prices" in client.get(url("proposal", made.pk)).content.decode()

    @pytest.mark.parametrize("data", [{}, {"answer": "x", "name": "Kim"}, {"answer": "decline", "name": " "}])
    def test_an_answer_needs_a_choice_and_a_name(self, cast, made, data):
        send_proposal(by=cast.owner, proposal=made)
        assert logged_in(cast.owner).post(url("proposal-answer", made.pk), data).status_code == 422
        assert anew(made).state == "sent"


CHANGING = ["proposal-send", "proposal-withdraw", "proposal-ask", "proposal-answer", "proposal-revise", "proposal-edit"]


class TestManners:
    @pytest.mark.parametrize("name", CHANGING)
    def test_outsiders_find_nothing_and_read_only_users_change_nothing(self, cast, made, name):
        for user, status in ((cast.outsider, 404), (cast.read_only, 403)):
            assert logged_in(user).post(url(name, made.pk)).status_code == status
        assert anew(made).version == 1
        assert logged_in(cast.owner).put(url(name, made.pk)).status_code == 405

    def test_read_only_users_see_no_button(self, cast, made):
        for address in (url("proposal", made.pk), url("proposals", made.renewal_id)):
            page = logged_in(cast.read_only).get(address).content.decode()
            for words in ("New proposal", "Withdraw", ">Send<", "/edit/"):
                assert words not in page, words

    @pytest.mark.parametrize("name", ["proposal", "proposals", "proposal-pdf"])
    def test_pages_are_only_read(self, cast, made, name):
        key = made.renewal_id if name == "proposals" else made.pk
        assert logged_in(cast.owner).post(url(name, key)).status_code == 405


class TestFile:
    def text(self, cast, made):
        answer = logged_in(cast.owner).get(url("proposal-pdf", made.pk))
        pages = PdfReader(io.BytesIO(answer.content)).pages
        return answer["Content-Disposition"], " ".join(page.extract_text() for page in pages), len(pages)

    def test_it_holds_the_options_side_by_side_and_says_that_it_is_a_draft(self, cast, made):
        name, text, pages = self.text(cast, made)
        for words in ("Halden Logistics", "Renew as is", "Renew and grow", "€27,600", "Draft", "115 seats at €240"):
            assert words in text, words
        assert ("-draft.pdf" in name, pages) == (True, 1)

    def test_what_was_sent_is_no_draft_any_more(self, cast, made):
        send_proposal(by=cast.owner, proposal=made)
        name, text, _ = self.text(cast, made)
        assert ("draft" in name, "Draft" in text) == (False, False)

    def test_twelve_lines_in_three_options_fit_two_pages(self, cast):
        renewal = renewal_of(cast.account, *range(1000, 13_000, 1000))
        assert self.text(cast, anew(start_proposal(by=cast.owner, renewal=renewal)))[2] <= 2

    def test_text_that_looks_like_markup_is_set_as_it_is(self, cast, made):
        edit_proposal(by=cast.owner, proposal=made, options=terms_of(made), note='#panic() $x$ "quoted" \\ *bold*')
        assert "#panic()" in self.text(cast, made)[1]
