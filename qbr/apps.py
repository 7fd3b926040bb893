from django.apps import AppConfig


class QbrConfig(AppConfig):
    """Business reviews: prepare, present, follow up."""

    name = "qbr"
    verbose_name = "Business reviews"
