"""The pages of e-mail templates: the list, one as it reads on an account, and what admins change."""

import pytest
from django.core import mail as outgoing
from django.urls import reverse

from accounts.forms.fields import label_of
from accounts.models import MailTemplate
from tests import factories as make
from tests.cast import logged_in

pytestmark = pytest.mark.django_db
LIST, NEW, PREVIEW, TEST = (
    "/mail-templates/", "/mail-templates/new/", "/mail-templates/preview/", "/mail-templates/test/"
)  # fmt: skip
WORDS = {"name": "Hello", "subject": "News for {account.name}", "body": "Dear {champion.name}, **hello**."}
LISTING = 6


@pytest.fixture(autouse=True)
def _no_template_of_the_workspace(db):
    MailTemplate.objects.update(archived_at="2026-01-01T00:00Z")


@pytest.fixture
def template():
    return make.MailTemplateFactory(**WORDS)


def url(name: str, template: MailTemplate) -> str:
    return reverse(f"accounts:{name}", args=[template.pk])


def test_the_list_says_who_writes_with_a_template_and_what_came_back_of_accounts_one_sees(cast, template):
    step = make.SequenceStepFactory(template=template, sequence__name="Nudge")
    for account, replied in ((cast.account, True), (cast.account, False), (cast.strangers, True)):
        enrolment = make.EnrolmentFactory(account=account)
        make.MailFactory(
            account=account,
            as_sent=True,
            step=step,
            enrolment=enrolment,
            replied_at=make.days_ago(0) if replied else None,
        )
    (row,) = logged_in(cast.owner).get(f"{LIST}?q=dear").context["rows"]
    assert (list(row.sequences), row.sent.sent, row.sent.answered) == (["Nudge"], 2, 0.5)


@pytest.mark.parametrize("number", [1, 9])
def test_the_list_takes_as_many_queries_for_many(cast, number, django_assert_num_queries):
    for template in make.MailTemplateFactory.create_batch(number):
        make.SequenceStepFactory(template=template)
    client = logged_in(cast.admin)
    client.get(LIST)
    with django_assert_num_queries(LISTING):
        assert len(client.get(LIST).context["rows"]) == number


def test_the_list_can_be_searched_and_shows_what_is_archived(cast, template):
    client = logged_in(cast.owner)
    assert "No template matches" in client.get(f"{LIST}?q=zzz").content.decode()
    assert template not in [row.template for row in client.get(f"{LIST}?state=archived").context["rows"]]
    assert client.get(f"{LIST}?state=nonsense").context["state"] == ""


def test_a_template_reads_as_the_champion_of_an_account_would_and_names_what_is_missing(cast, template):
    client, picked = logged_in(cast.owner), {"account": label_of(cast.account)}
    page = client.get(url("mail-template", template), picked)
    assert page.context["shown"].missing == "Not known for this account: champion at the customer."
    assert "Without it no e-mail is written" in page.content.decode()
    make.ContactFactory(account=cast.account, name="Ana & <b>Co</b>", roles=["champion"])
    shown = client.get(url("mail-template", template), picked).context["shown"]
    assert (shown.subject, shown.missing) == ("News for Halden Logistics", "")
    assert str(shown.html) == "<p>Dear Ana &amp; &lt;b&gt;Co&lt;/b&gt;, <strong>hello</strong>.</p>\n"


def test_what_only_a_cause_knows_stands_in_brackets(cast):
    shown = logged_in(cast.owner).post(PREVIEW, {**WORDS, "body": "{release.name} is out"}).context["shown"]
    assert (shown.text, shown.problem) == (r"\[name of the major release\] is out", "")
    assert shown.brought == ("Name of the major release",)


def test_a_preview_says_what_is_wrong_and_finds_no_account_of_others(cast):
    client = logged_in(cast.outsider)
    answer = client.post(PREVIEW, {**WORDS, "body": "{nonsense.name}", "account": label_of(cast.account)})
    words = answer.content.decode()
    assert "There is no field “{nonsense.name}”." in words
    assert "Halden" not in words.replace(f"You have no account called “{label_of(cast.account)}”", "")


def test_an_admin_writes_and_changes_a_template(cast):
    client = logged_in(cast.admin)
    assert client.get(NEW).status_code == 200
    made = client.post(NEW, WORDS)
    template = MailTemplate.objects.get(key="hello")
    assert made.url == url("mail-template", template)
    assert client.post(NEW, WORDS).status_code == 302
    assert MailTemplate.objects.filter(key="hello-2").exists()
    changed = client.post(url("mail-template-edit", template), {**WORDS, "subject": "Other", "version": "1"})
    assert changed.status_code == 302
    template.refresh_from_db()
    assert (template.subject, template.version) == ("Other", 2)


def test_a_template_with_a_field_that_there_is_not_is_refused_by_the_field(cast, template):
    typed = {**WORDS, "body": "{account.secret}", "subject": ""}
    answer = logged_in(cast.admin).post(url("mail-template-edit", template), typed)
    assert answer.status_code == 422
    assert answer.context["form"].errors["body"] == ["There is no field “{account.secret}”."]
    assert "{account.secret}" in answer.content.decode()


def test_whoever_saves_second_is_told_and_may_save_again(cast, template):
    client, address = logged_in(cast.admin), url("mail-template-edit", template)
    client.post(address, {**WORDS, "subject": "First", "version": "1"})
    answer = client.post(address, {**WORDS, "subject": "Second", "version": "1"})
    assert answer.status_code == 409
    assert 'value="2"' in answer.content.decode()
    assert client.post(address, {**WORDS, "subject": "Second", "version": "2"}).status_code == 302


def test_a_template_is_archived_and_comes_back_but_not_while_a_sequence_writes_with_it(cast, template):
    client = logged_in(cast.admin)
    client.post(url("mail-template-archive", template))
    template.refresh_from_db()
    assert template.archived_at
    client.post(url("mail-template-restore", template))
    make.SequenceStepFactory(template=template, sequence__name="Nudge")
    answer = client.post(url("mail-template-archive", template), follow=True)
    assert "“Nudge” writes with it" in answer.content.decode()
    template.refresh_from_db()
    assert template.archived_at is None


def test_a_test_goes_to_oneself_with_the_signature_and_no_link_that_unsubscribes_a_customer(cast, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    make.ContactFactory(account=cast.account, name="Ana Costa", roles=["champion"])
    outgoing.outbox = []
    logged_in(cast.owner).post(TEST, {**WORDS, "account": label_of(cast.account)})
    (sent,) = outgoing.outbox
    assert sent.recipients() == [f"{cast.owner.name} <{cast.owner.email}>"]
    assert sent.subject == "Test: News for Halden Logistics"
    assert "Dear Ana Costa, hello." in sent.body
    assert cast.owner.name in sent.body
    assert "List-Unsubscribe" not in sent.extra_headers


def test_a_test_that_lacks_something_is_not_sent(cast):
    outgoing.outbox = []
    answer = logged_in(cast.owner).post(TEST, {**WORDS, "account": label_of(cast.account)}, follow=True)
    assert "Not known for this account: champion at the customer." in answer.content.decode()
    assert outgoing.outbox == []


@pytest.mark.parametrize("name", ["mail-template-edit", "mail-template-archive", "mail-template-restore"])
def test_only_admins_change_templates(cast, template, name):
    assert logged_in(cast.owner).post(url(name, template), WORDS).status_code == 403
    assert logged_in(cast.admin).get(url(name, template)).status_code == 405
    assert "Save</button>" not in logged_in(cast.owner).get(url("mail-template", template)).content.decode()


def test_who_may_only_look_sends_no_test_and_sees_no_button_for_it(cast, template):
    client = logged_in(cast.read_only)
    assert client.post(TEST, WORDS).status_code == 403
    words = client.get(url("mail-template", template)).content.decode()
    assert "Send me a test" not in words
    assert client.post(PREVIEW, WORDS).status_code == 200
    assert client.get(PREVIEW).status_code == 405
