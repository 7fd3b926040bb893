from django.contrib.postgres.operations import AddIndexConcurrently, RemoveIndexConcurrently
from django.db import migrations, models

AHEAD = ["due", "scheduled", "preparing", "ready"]
OPEN = [*AHEAD, "held"]


class Migration(migrations.Migration):
    """What is counted on every page and in every list, and the people of a review, who had no index of their own;
    built beside the writes, and the narrower ones are dropped after that."""

    atomic = False

    dependencies = [("qbr", "0004_waiting_reviews_found_at_once")]

    operations = [
        AddIndexConcurrently(model_name="attendee", index=models.Index(fields=["review"], name="attendee_review")),
        AddIndexConcurrently(model_name="reviewidea", index=models.Index(fields=["review"], name="review_idea_review")),
        AddIndexConcurrently(
            model_name="review", index=models.Index(fields=["account", "status", "due_on"], name="review_counted")
        ),
        AddIndexConcurrently(
            model_name="review",
            index=models.Index(
                condition=models.Q(("status__in", OPEN)), fields=["due_on", "id"], name="review_open_due"
            ),
        ),
        AddIndexConcurrently(
            model_name="review",
            index=models.Index(
                condition=models.Q(("status", "held")), fields=["due_on"], include=("account",), name="review_held_of"
            ),
        ),
        AddIndexConcurrently(
            model_name="review",
            index=models.Index(
                condition=models.Q(("starts_at__isnull", False), ("status__in", AHEAD)),
                fields=["starts_at"],
                include=("account",),
                name="review_begins_of",
            ),
        ),
        AddIndexConcurrently(
            model_name="review",
            index=models.Index(
                condition=models.Q(("starts_at__isnull", True), ("status__in", AHEAD)),
                fields=["due_on"],
                include=("account",),
                name="review_without_moment",
            ),
        ),
        RemoveIndexConcurrently(model_name="review", name="review_held"),
        RemoveIndexConcurrently(model_name="review", name="review_begins"),
        RemoveIndexConcurrently(model_name="review", name="review_has_no_moment"),
    ]
