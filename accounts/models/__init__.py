from accounts.models.account import Account, Segment, TeamMember
from accounts.models.contact import Contact
from accounts.models.contract import Contract, ContractLine, ExchangeRate, Invoice, Product
from accounts.models.notification import Digest, Notification
from accounts.models.user import User
from accounts.models.view import SavedView
from accounts.models.work import Note, Task, Touch

__all__ = [
    "Account",
    "Contact",
    "Contract",
    "ContractLine",
    "Digest",
    "ExchangeRate",
    "Invoice",
    "Note",
    "Notification",
    "Product",
    "SavedView",
    "Segment",
    "Task",
    "TeamMember",
    "Touch",
    "User",
]
