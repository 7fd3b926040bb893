"""What was forecast: kept once a month and never changed, for what happened to be held against it."""

import datetime as dt

from django.db import models
from django.db.models import Q

from accounts.models import Account, Contract, Segment, User
from renewals.domain import forecast as domain
from renewals.models.renewal import Renewal


class ForecastSnapshot(models.Model):
    """The forecast of the coming year as it stood at the beginning of a month; kept for ever."""

    month = models.DateField(unique=True, help_text="The first day of the month.")
    taken_at = models.DateTimeField(help_text="On the first, or as soon after as the workspace ran.")

    class Meta:
        ordering = ["-month"]
        constraints = [models.CheckConstraint(condition=Q(month__day=1), name="forecast_month_is_first_day")]

    def __str__(self) -> str:
        return f"Forecast of {self.month:%B %Y}"


class ForecastLineQuerySet(models.QuerySet["ForecastLine"]):
    """Conditions over lines of kept forecasts."""

    def visible_to(self, user: User) -> "ForecastLineQuerySet":
        return self.filter(account__in=Account.objects.visible_to(user).values("pk"))

    def due_between(self, first: dt.date, after: dt.date) -> "ForecastLineQuerySet":
        """Whose day was to fall in the half-open period [first, after)."""
        return self.filter(due_on__gte=first, due_on__lt=after)


class ForecastLine(models.Model):
    """One renewal in a kept forecast, or a contract whose renewal was not opened yet.

    Money is in workspace currency at the rate of the day; `expected_arr` is not capped. Owner and segment are those of
    that day. Whom an account or a contract is erased with is not asked for afterwards: the line goes too.
    """

    class Part(models.TextChoices):
        WON = domain.Part.WON.value, domain.PART_LABELS[domain.Part.WON]
        COMMIT = domain.Part.COMMIT.value, domain.PART_LABELS[domain.Part.COMMIT]
        BEST_CASE = domain.Part.BEST_CASE.value, domain.PART_LABELS[domain.Part.BEST_CASE]
        AT_RISK = domain.Part.AT_RISK.value, domain.PART_LABELS[domain.Part.AT_RISK]
        UNFORECAST = domain.Part.UNFORECAST.value, domain.PART_LABELS[domain.Part.UNFORECAST]
        NOT_OPENED = domain.Part.NOT_OPENED.value, domain.PART_LABELS[domain.Part.NOT_OPENED]
        OMITTED = domain.Part.OMITTED.value, domain.PART_LABELS[domain.Part.OMITTED]
        LOST = domain.Part.LOST.value, domain.PART_LABELS[domain.Part.LOST]

    forecast = models.ForeignKey(ForecastSnapshot, on_delete=models.CASCADE, related_name="lines", db_index=False)
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="+")
    contract = models.ForeignKey(Contract, on_delete=models.CASCADE, related_name="+", db_index=False)
    renewal = models.ForeignKey(Renewal, on_delete=models.SET_NULL, null=True, related_name="+")
    due_on = models.DateField()
    owner = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    segment = models.ForeignKey(Segment, on_delete=models.SET_NULL, null=True, related_name="+")
    part = models.CharField(max_length=10, choices=Part)
    current_arr = models.DecimalField(max_digits=14, decimal_places=2)
    expected_arr = models.DecimalField(max_digits=14, decimal_places=2)
    probability = models.DecimalField(max_digits=5, decimal_places=4, null=True)

    objects = ForecastLineQuerySet.as_manager()

    class Meta:
        ordering = ["forecast", "due_on", "pk"]
        indexes = [models.Index(fields=["forecast", "due_on"], name="forecast_line_due")]
        constraints = [
            # Led by the contract, so that one that is erased finds its lines.
            models.UniqueConstraint(fields=["contract", "forecast", "due_on"], name="forecast_line_once"),
            models.CheckConstraint(
                condition=Q(part__in=[part.value for part in domain.Part]), name="forecast_line_part_is_known"
            ),
            models.CheckConstraint(
                condition=Q(probability=None) | Q(probability__range=(0, 1)),
                name="forecast_line_probability_is_share",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.part} {self.current_arr} on {self.due_on}"
