"""Who looks at the pages that are measured, and how long work takes."""

import time
from collections.abc import Callable

from django.test import Client

from accounts.models import User

CSMS_OF_MANAGER = 8


def people() -> dict[str, User]:
    """One of each role; a CSM has a hundredth of the book, the manager eight CSMs."""
    csms = User.objects.filter(role=User.Role.CSM).order_by("pk")
    manager = User.objects.create_user("manager@bench.example", name="Manager", role=User.Role.MANAGER)
    csms.filter(pk__in=list(csms.values_list("pk", flat=True)[:CSMS_OF_MANAGER])).update(manager=manager)
    executive = User.objects.create_user("executive@bench.example", name="Executive", role=User.Role.EXECUTIVE)
    return {"CSM": csms[0], "manager": manager, "executive": executive}


def visit(client: Client, address: str) -> None:
    """Asks for a page; raises `RuntimeError` where it does not come."""
    response = client.get(address, secure=True)
    if response.status_code != 200:
        raise RuntimeError(f"{address} answers {response.status_code}.")


def timings(work: Callable[[], object], repeats: int) -> list[float]:
    """Milliseconds of each of so many, after one that warms up."""
    work()
    found = []
    for _ in range(repeats):
        began = time.perf_counter()
        work()
        found.append((time.perf_counter() - began) * 1000)
    return found
