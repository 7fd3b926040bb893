"""What users may change about themselves."""

import zoneinfo

from django import forms

from accounts.models import User


class SettingsForm(forms.ModelForm):
    """Own time zone and how alerts reach the mailbox."""

    time_zone = forms.ChoiceField(
        choices=lambda: [(zone, zone.replace("_", " ")) for zone in sorted(zoneinfo.available_timezones())],
        help_text="Days and times are shown in this zone.",
    )

    class Meta:
        model = User
        fields = ["time_zone", "email_delivery"]
        labels = {"email_delivery": "Alerts by e-mail"}
