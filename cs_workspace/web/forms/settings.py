"""What users may change about themselves."""

import zoneinfo

from django import forms

from accounts.models import User


class SettingsForm(forms.ModelForm):
    """Own time zone, how alerts reach the mailbox, when they wait, and the signature. The model knows which hours make
    sense."""

    time_zone = forms.ChoiceField(
        choices=lambda: [(zone, zone.replace("_", " ")) for zone in sorted(zoneinfo.available_timezones())],
        help_text="Days and times are shown in this zone, and the hours below are of it.",
    )

    class Meta:
        model = User
        fields = [
            *("time_zone", "email_delivery", "digest_hour", "quiet_from", "quiet_to", "quiet_weekends"),
            *("quiet_lets_critical", "signature"),
        ]
        labels = {
            "email_delivery": "Alerts by e-mail",
            "digest_hour": "Daily digest at",
            "quiet_from": "Quiet from",
            "quiet_to": "Quiet until",
            "quiet_weekends": "Quiet on Saturdays and Sundays",
            "quiet_lets_critical": "Critical alerts come through all the same",
            "signature": "Signature of your e-mails to customers",
        }
        help_texts = {
            "quiet_from": "E-mail waits in these hours and comes after them. Leave both empty for never.",
            "quiet_to": "The next morning, where it is earlier than the beginning.",
            "signature": "Plain text below every e-mail that you sign. Empty for your name and title.",
        }
        widgets = {
            **{name: forms.TimeInput(format="%H:%M", attrs={"type": "time"}) for name in ("quiet_from", "quiet_to")},
            "signature": forms.Textarea(attrs={"rows": 4}),
        }

    @property
    def rows(self) -> list[list[forms.BoundField]]:
        """The fields as they stand side by side."""
        names = [
            ["time_zone", "email_delivery", "digest_hour"],
            ["quiet_from", "quiet_to"],
            ["quiet_weekends", "quiet_lets_critical"],
            ["signature"],
        ]
        return [[self[name] for name in row] for row in names]
