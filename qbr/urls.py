"""Pages of business reviews."""

from django.urls import URLPattern, path

from qbr.views import measures

app_name = "qbr"

urlpatterns: list[URLPattern] = [
    # What they come to
    path("reviews/measures/", measures.measures, name="measures"),
    path("reviews/measures/export/", measures.export, name="measures-export"),
    path("reviews/measures/reviews/", measures.measured, name="measured"),
    path("reviews/measures/reviews/export/", measures.measured_export, name="measured-export"),
]
