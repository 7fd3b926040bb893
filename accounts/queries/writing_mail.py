"""What an e-mail that a person writes can begin with."""

from accounts.domain.letters import Wording, worded
from accounts.models import Account, Contact, MailTemplate
from accounts.queries.letters import all_fields, letter_texts
from accounts.queries.playbook_facts import situations_of
from cs_workspace.common import clock


def begun_with(template: MailTemplate, account: Account, contact: Contact | None) -> Wording:
    """A template with its fields filled in for somebody at an account; None is nobody in particular.

    What is not known stands between ‹ and ›, as what the field is, for the writer to fill in: `missing` names it.
    """
    situation = situations_of([account.pk], now=clock.now())[account.pk]
    known = letter_texts(situation, contact or Contact(account=account))
    missing = worded(template.subject, template.body, known).missing
    fields = all_fields()
    holes = {name: f"‹{fields.get(name, name).lower()}›" for name in missing}
    filled = worded(template.subject, template.body, known | holes)
    return Wording(filled.subject, filled.text, missing)
