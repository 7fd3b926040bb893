"""`python -m bench.observer SECONDS RATE`: a source that reports tickets evenly, by the observing services.

Waits for a line, then writes; prints at the end, as JSON, for each ticket its account and the moment (Unix time) at
which it was committed, in that order of time.
"""

import json
import random
import sys
import time

import django

BATCH = 25  # tickets of one call, as a source sends them


def main(seconds: float, rate: float) -> None:
    django.setup()
    from accounts.models import Account
    from cs_workspace.common import clock
    from health.domain.observations import TicketRow
    from health.services.observing import record_tickets

    ids = list(Account.objects.filter(is_trial=False).order_by("pk").values_list("pk", flat=True))
    dice, written = random.Random(7), []
    print("ready", flush=True)
    sys.stdin.readline()
    began = time.time()
    for call in range(round(seconds * rate / BATCH)):
        time.sleep(max(0.0, began + call * BATCH / rate - time.time()))
        chosen = dice.choices(ids, k=BATCH)
        record_tickets(
            [
                TicketRow(account, opened_at=clock.now(), source="bench-live", external_id=f"{call}-{place}")
                for place, account in enumerate(chosen)
            ]
        )
        committed = time.time()
        written += [(account, committed) for account in chosen]
    print(json.dumps({"written": written, "seconds": time.time() - began}))


if __name__ == "__main__":
    main(float(sys.argv[1]), float(sys.argv[2]))
