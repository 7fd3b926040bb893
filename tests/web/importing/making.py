"""Small mappings and files for tests of the importer."""

from pathlib import Path

from cs_workspace.web.importing.mapping import Mapping, parse_mapping

CRM = """
source = "crm"
currency = "EUR"

[[tables]]
kind = "accounts"
files = ["accounts.csv"]
key = "id"
[tables.fields]
name = "name"
customer_since = "since"
stated_arr = "arr"
churned = "churned"
parent = "parent"
owner = "owner"
custom.plan = "plan"

[[tables]]
kind = "contracts"
files = ["contracts.csv"]
key = "id"
[tables.fields]
account = "account"
start = "start"
end = "end"
product = "product"
arr = "arr"

[[tables]]
kind = "contacts"
files = ["contacts.csv"]
key = "id"
[tables.fields]
account = "account"
name = "name"
email = "email"
roles = "roles"
left_on = "left"

[[tables]]
kind = "usage"
files = ["usage.csv"]
[tables.fields]
account = "account"
day = "day"
logins = "logins"
minutes = "minutes"

[[tables]]
kind = "tickets"
files = ["tickets.csv"]
key = "id"
[tables.fields]
account = "account"
opened_at = "opened"
closed_at = "closed"
rating = "rating"

[[tables]]
kind = "invoices"
files = ["invoices.csv"]
key = "id"
[tables.fields]
account = "account"
number = "id"
due_on = "due"
paid_on = "paid"
amount = "amount"

[[tables]]
kind = "surveys"
files = ["surveys.csv"]
key = "id"
[tables.fields]
account = "account"
kind = { value = "nps" }
score = "score"
at = "at"

[[tables]]
kind = "touches"
files = ["touches.csv"]
key = "id"
[tables.fields]
account = "account"
kind = "kind"
at = "at"
by = "by"
attended = "attended"

[[tables]]
kind = "metrics"
files = ["metrics.csv"]
[tables.fields]
account = "account"
day = "day"
metric.temperature = "temperature"
"""

FILES = {
    "accounts.csv": "id,name,since,arr,churned,parent,owner,plan\n"
    "A-1,Acme,2025-01-10,1200,no,,mara@example.com,Pro\n"
    "A-2,Beta,2025-03-20,,no,A-1,,Basic\n",
    "contracts.csv": "id,account,start,end,product,arr\nC-1,A-1,2025-01-10,,Core,1200\n",
    "contacts.csv": "id,account,name,email,roles,left\nP-1,A-1,Ada,ada@acme.example,champion; user,\n",
    "usage.csv": "account,day,logins,minutes\nA-1,2026-05-01,5,30.5\nA-1,2026-05-02,,\nA-2,2026-05-01,0,0\n",
    "tickets.csv": "id,account,opened,closed,rating\nT-1,A-1,2026-05-01 09:00,2026-05-01 11:00,5\n",
    "invoices.csv": "id,account,due,paid,amount\nI-1,A-1,2026-05-01,2026-05-03,100\n",
    "surveys.csv": "id,account,score,at\nS-1,A-1,9,2026-05-01\n",
    "touches.csv": "id,account,kind,at,by,attended\nM-1,A-1,call,2026-05-01 10:00,,yes\n",
    "metrics.csv": "account,day,temperature\nA-1,2026-05-01,21.5\n",
}


def crm() -> Mapping:
    """The mapping of the small files."""
    return parse_mapping(CRM, name="crm.toml")


def write(folder: Path, **changed: str | bytes | None) -> Path:
    """The small files in a folder, those named replaced by other contents or left out."""
    for name, content in FILES.items():
        other = changed.get(name.removesuffix(".csv"), content)
        if other is not None:
            (folder / name).write_bytes(other if isinstance(other, bytes) else other.encode())
    return folder
