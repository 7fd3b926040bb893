from accounts.models.account import Account, Segment, TeamMember
from accounts.models.bulk import BulkChange
from accounts.models.contact import Contact
from accounts.models.contract import Contract, ContractLine, ExchangeRate, Invoice, Product
from accounts.models.notification import Digest, Notification
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
    "Invoice",
    "Note",
    "Notification",
    "Product",
    "SavedView",
    "Segment",
    "SentForm",
    "Task",
    "TeamMember",
    "Touch",
    "User",
]
