"""The demo company: Northwind, its customers and a year of their history, invented anew from a seed."""

from dataclasses import dataclass

PASSWORD = "northwind-demo"  # noqa: S105  printed on the login page; these users exist only in a demo workspace
MAIL_DOMAIN = "northwind.example"


@dataclass(frozen=True)
class Login:
    """Someone to log in as, with the label of the part played."""

    role: str
    name: str
    email: str
    password: str = PASSWORD


LOGINS = (
    Login("CSM", "Mara Ilves", f"mara.ilves@{MAIL_DOMAIN}"),
    Login("Manager", "Ola Brandt", f"ola.brandt@{MAIL_DOMAIN}"),
    Login("VP", "Helen Okafor", f"helen.okafor@{MAIL_DOMAIN}"),
    Login("Admin", "Sami Laine", f"sami.laine@{MAIL_DOMAIN}"),
    Login("AE", "Petra Novak", f"petra.novak@{MAIL_DOMAIN}"),
    Login("Read-only", "Iris Caldwell", f"iris.caldwell@{MAIL_DOMAIN}"),
)
