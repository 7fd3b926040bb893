from accounts.models.account import Account, Segment, TeamMember
from accounts.models.bulk import BulkChange
from accounts.models.contact import Contact
from accounts.models.contract import Contract, ContractLine, ExchangeRate, Invoice, Product
from accounts.models.notification import Digest, Notification
from accounts.models.playbook import Holiday, Playbook, PlaybookCue, PlaybookRun, PlaybookVersion, RunStep
from accounts.models.sent_form import SentForm
from accounts.models.user import User
from accounts.models.view import DefaultView, SavedView
from accounts.models.work import Note, Task, Touch

__all__ = [
    "Account",
    "BulkChange",
    "Contact",
    "Contract",
    "ContractLine",
    "DefaultView",
    "Digest",
    "ExchangeRate",
    "Holiday",
    "Invoice",
    "Note",
    "Notification",
    "Playbook",
    "PlaybookCue",
    "PlaybookRun",
    "PlaybookVersion",
    "Product",
    "RunStep",
    "SavedView",
    "Segment",
    "SentForm",
    "Task",
    "TeamMember",
    "Touch",
    "User",
]
