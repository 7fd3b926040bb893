"""An e-mail of a template as one contact would read it."""

from dataclasses import dataclass

from django.utils.safestring import SafeString

from accounts.domain.letters import worded
from accounts.domain.merging import LETTER_FIELDS, fields_in, missing_in_words, problem_with
from accounts.models import Account, Contact
from accounts.queries.letters import all_fields, letter_texts, receivers_of
from accounts.queries.playbook_facts import situations_of
from cs_workspace.common import clock, markdown


@dataclass(frozen=True)
class Preview:
    """How it reads. `problem` is wrong with the template itself, `missing` what is not known of the account, and
    `brought` the fields that only the cause of an e-mail knows: they stand in the text as what they are."""

    subject: str
    text: str
    to: Contact | None = None
    problem: str = ""
    missing: str = ""
    brought: tuple[str, ...] = ()

    @property
    def html(self) -> SafeString:
        """The text as it will look."""
        return markdown.render(self.text)


def preview_of(subject: str, body: str, *, account: Account | None) -> Preview:
    """Fills in a template for the champion of an account, or whoever else it would go to; without one, for nobody in
    particular. What is not known stands in brackets, as what the field is. About ten queries for an account."""
    fields = all_fields()
    problem = problem_with(subject, fields=fields) or problem_with(body, fields=fields)
    wanted = [name for name in dict.fromkeys(fields_in(subject) + fields_in(body)) if name in fields]
    to = _receiver(account) if account else None
    known = _known(account, to) if account else {}
    brackets = {name: f"[{fields[name].lower()}]" for name in wanted if not known.get(name)}
    missing = worded(subject, body, known | {name: "x" for name in wanted if name not in LETTER_FIELDS}).missing
    shown = worded(subject, body, known | _where_nothing_else(subject, body, known, brackets))
    return Preview(
        subject=shown.subject,
        text=shown.text,
        to=to,
        problem=problem,
        missing=missing_in_words(tuple(name for name in missing if name in fields), fields) if account else "",
        brought=tuple(fields[name] for name in wanted if name not in LETTER_FIELDS),
    )


def _where_nothing_else(subject: str, body: str, known: dict[str, str], brackets: dict[str, str]) -> dict[str, str]:
    """Brackets only where the template has no words of its own for what is not known."""
    holes = set(worded(subject, body, known).missing)
    return {name: words for name, words in brackets.items() if name in holes}


def _receiver(account: Account) -> Contact | None:
    found = receivers_of([account.pk], Contact.Role.CHAMPION).get(account.pk)
    return Contact.objects.filter(pk=found).first() if found else None


def _known(account: Account, to: Contact | None) -> dict[str, str]:
    situation = situations_of([account.pk], now=clock.now())[account.pk]
    return letter_texts(situation, to or Contact(account=account))
