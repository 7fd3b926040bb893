"""Taking out of sequences whoever replied, met us, left, or for whom the sequence is over otherwise.

What providers tell stops sequences at once; here it is looked for everything, so that nothing that came another way
is missed.
"""

from collections import defaultdict

from django.db.models import Case, CharField, Exists, OuterRef, Q, Value, When

from accounts.models import Account, Contact, Enrolment, Mail, Sequence, Suppression, Touch
from accounts.registries import SEQUENCE_SOURCES, SequenceSource
from accounts.services.sequencing import stop_enrolments
from cs_workspace.common import clock

BATCH = 1_000


def stop_over() -> int:
    """Stops the enrolments that make no sense any more; gives how many. Safe to run twice."""
    stopped = _stop(_by_what_is_known())
    for source in SEQUENCE_SOURCES.values():
        stopped += _stop(_by_source(source))
    return stopped


def _by_what_is_known() -> dict[int, str]:
    """Those that run and should not, by their key why. One query."""
    because, stops = Enrolment.Because, Sequence.StopsOn
    suppressed = Suppression.objects.covering(OuterRef("contact__email"))
    replied = Mail.objects.filter(enrolment=OuterRef("pk"), replied_at__isnull=False)
    met = Touch.objects.kept().filter(
        account=OuterRef("account"),
        kind__in=Touch.SCHEDULED,
        attended=True,
        at__gte=OuterRef("started_at"),
        at__lte=clock.now(),
    )
    for_lost = [source.key for source in SEQUENCE_SOURCES.values() if source.for_lost]
    left = Q(contact__status=Contact.Status.LEFT) | Q(contact__archived_at__isnull=False)
    no_customer = ~Q(account__status=Account.Status.ACTIVE) & ~Q(sequence__source__in=for_lost)
    # Whoever calls it spam, or was put on the list by hand, wants no more of it either.
    unsubscribed = Q(contact__unsubscribed_at__isnull=False) | Exists(
        suppressed.exclude(reason=Suppression.Reason.BOUNCED)
    )
    reasons = [
        (left, because.LEFT),
        (unsubscribed, because.UNSUBSCRIBED),
        (Exists(suppressed), because.BOUNCE),
        (no_customer | Q(account__archived_at__isnull=False), because.LOST),
        (Q(sequence__stops_on__contains=[stops.REPLY]) & Exists(replied), because.REPLY),
        (Q(sequence__stops_on__contains=[stops.MEETING]) & Exists(met), because.MEETING),
    ]
    why = Case(
        *(When(condition, then=Value(reason.value)) for condition, reason in reasons),
        default=Value(""),
        output_field=CharField(),
    )
    return dict(Enrolment.objects.running().annotate(why=why).exclude(why="").order_by("pk").values_list("pk", "why"))


def _by_source(source: SequenceSource) -> dict[int, str]:
    """What the source of sequences says is over, by the key of the enrolment. A query and its own for each thousand."""
    found: dict[int, str] = {}
    running = Enrolment.objects.running().filter(sequence__source=source.key).select_related("sequence").order_by("pk")
    last = 0
    while batch := list(running.filter(pk__gt=last)[:BATCH]):
        stops = {one.pk: one.sequence.stops_on for one in batch}
        found |= {
            pk: why
            for pk, why in source.over(batch).items()
            if pk in stops and (why != Enrolment.Because.GOAL or Sequence.StopsOn.GOAL in stops[pk])
        }
        last = batch[-1].pk
    return found


def _stop(reasons: dict[int, str]) -> int:
    by_reason: dict[str, list[int]] = defaultdict(list)
    for pk, why in reasons.items():
        by_reason[why].append(pk)
    return sum(
        len(stop_enrolments(list(Enrolment.objects.filter(pk__in=ids)), because=why)) for why, ids in by_reason.items()
    )
