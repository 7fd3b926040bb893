"""The checklist of reviews: the door to one point, and what can be told of them without a person."""

from collections.abc import Sequence

from django.db import connection
from django.shortcuts import get_object_or_404

from accounts.models import User
from cs_workspace.common.expressions import array
from qbr.domain.checklist import Seen
from qbr.models import ChecklistItem
from qbr.queries.reviews import AROUND

# In the order of `Seen`. A plan that is archived, and whatever was taken out, is not there.
SEEN = """
    SELECT r.id,
        EXISTS (
            SELECT 1 FROM health_usageday u
            WHERE u.account_id = r.account_id AND u.day >= r.since AND u.day < r.until
                AND COALESCE(u.active_users, u.logins) IS NOT NULL),
        EXISTS (
            SELECT 1 FROM accounts_roirecord v JOIN accounts_successplan p ON p.id = v.plan_id
            WHERE p.account_id = r.account_id AND p.archived_at IS NULL AND v.archived_at IS NULL
                AND v."on" >= r.since AND v."on" < r.until),
        EXISTS (SELECT 1 FROM health_ticket t WHERE t.account_id = r.account_id AND t.closed_at IS NULL),
        goals.known, goals.scored,
        (SELECT count(*) FROM qbr_reviewgoal g WHERE g.review_id = r.id AND g.archived_at IS NULL),
        (SELECT count(*) FROM qbr_reviewidea i WHERE i.review_id = r.id AND i.archived_at IS NULL),
        EXISTS (SELECT 1 FROM qbr_attendee a WHERE a.review_id = r.id AND a.user_id IS NOT NULL),
        EXISTS (SELECT 1 FROM qbr_attendee a WHERE a.review_id = r.id AND a.user_id IS NULL),
        r.agenda_sent_at IS NOT NULL,
        EXISTS (SELECT 1 FROM qbr_sectiontext s WHERE s.review_id = r.id AND s.key = 'competition' AND s.text <> '')
    FROM qbr_review r
    CROSS JOIN LATERAL (
        SELECT count(*) AS known, count(o.current) AS scored
        FROM accounts_objective o JOIN accounts_successplan p ON p.id = o.plan_id
        WHERE p.account_id = r.account_id AND p.archived_at IS NULL AND o.archived_at IS NULL
    ) goals
    WHERE r.id = ANY(%(ids)s::bigint[])
"""


def get_item_for(user: User, pk: int) -> ChecklistItem:
    """A point of a review of an account that the user sees; anything else is a 404."""
    items = ChecklistItem.objects.visible_to(user).select_related("owner", *(f"review__{name}" for name in AROUND))
    found: ChecklistItem = get_object_or_404(items, pk=pk)
    return found


def seen_of(review_ids: Sequence[int]) -> dict[int, Seen]:
    """What there is of each review. One query."""
    with connection.cursor() as cursor:
        cursor.execute(SEEN, {"ids": array(review_ids)})
        return {pk: Seen(*known) for pk, *known in cursor.fetchall()}
