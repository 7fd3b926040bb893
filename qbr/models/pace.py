"""Which reviews a segment has beside its business reviews, whose pace is the segment's own."""

import pghistory
from django.db import models

from accounts.domain.cadence import Pace
from accounts.models import Segment
from qbr.models.review import Review

PACES = [
    (pace.value, label)
    for pace, label in ((Pace.NONE, "None"), (Pace.HALF_YEARLY, "Half-yearly"), (Pace.YEARLY, "Yearly"))
]


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent())
class SegmentReviews(models.Model):
    """What an admin set for a segment: how often executives meet, whether the year is reviewed, whether onboardings end
    with a checkpoint, and with which agenda a review begins."""

    segment = models.OneToOneField(Segment, on_delete=models.CASCADE, related_name="reviews")
    executive_pace = models.CharField("executive reviews", max_length=11, choices=PACES, default=Pace.NONE.value)
    annual_pace = models.CharField("annual reviews", max_length=11, choices=PACES, default=Pace.NONE.value)
    checkpoint = models.BooleanField("90-day checkpoint", default=False)
    agenda = models.CharField(max_length=12, choices=Review.Agenda, default=Review.Agenda.CONVERSATION)

    class Meta:
        verbose_name_plural = "reviews of segments"

    def __str__(self) -> str:
        return f"Reviews of {self.segment}"
